"""A model that onnx_export has written, in ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnxruntime


class OnnxModel:
    """An ONNX graph in the place of a Keras model, and of an estimator of scikit-learn."""

    def __init__(self, path: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # errors
        self.session = onnxruntime.InferenceSession(path, options)
        self.classes_ = np.arange(self.session.get_outputs()[0].shape[-1])

    def predict_proba(self, values: np.ndarray) -> np.ndarray:
        (found,) = self.session.run(None, {"input": values.astype("float32", copy=False)})
        return found

    def predict(self, values: np.ndarray, batch_size: int, verbose: int) -> np.ndarray:
        starts = range(0, len(values), batch_size)
        parts = [self.predict_proba(values[start : start + batch_size]) for start in starts]
        return np.concatenate(parts)
