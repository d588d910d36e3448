"""Runs a model that models.onnx_export has written, in ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnxruntime


class OnnxModel:
    """An ONNX graph with the methods of a Keras model and of a scikit-learn estimator."""

    def __init__(self, path: Path, threads: int) -> None:
        """Load a graph; threads: of ONNX Runtime."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # errors
        self.session = onnxruntime.InferenceSession(path, options)
        self.classes_ = np.arange(self.session.get_outputs()[0].shape[-1])

    def predict_proba(self, values: np.ndarray) -> np.ndarray:
        """Output [n, region or channel] of the input, [n, ...], all at once."""
        output: np.ndarray
        (output,) = self.session.run(None, {"input": values.astype("float32", copy=False)})
        return output

    def predict(self, values: np.ndarray, batch_size: int, verbose: int) -> np.ndarray:
        """Output [n, region] of the input, [n, ...], in batches; verbose is ignored."""
        starts = range(0, len(values), batch_size)
        batches = [self.predict_proba(values[start : start + batch_size]) for start in starts]
        return np.concatenate(batches)
