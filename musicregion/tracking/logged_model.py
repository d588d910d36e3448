"""Logs a trained model to MLflow, with audio as input: see musicregion.inference.serving."""

import io
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from musicregion.config.sections import Segment
from musicregion.tracking.run import TrackedRun

SERVING = "musicregion/inference/serving.py"
# listed, since MLflow's own inference takes 8 s and is wrong
PACKAGES = ["av", "mlflow", "numpy", "onnxruntime", "pandas", "scipy", "soundfile", "soxr"]


def example_audio(settings: Segment) -> bytes:
    """A FLAC file of one window, a rising tone: the model's input example."""
    count = round(settings.window * settings.sample_rate)
    time = np.arange(count) / settings.sample_rate
    file = io.BytesIO()
    soundfile.write(file, np.sin(100 * time * (1 + time)) / 4, settings.sample_rate, format="FLAC")
    return file.getvalue()


def log_model(models: Path, regions: list[str], settings: Segment, record: TrackedRun) -> None:
    """Log the model in the folder `models` to its run, with the folder itself as artifacts."""
    import mlflow
    import pandas as pd
    from mlflow.types import ColSpec, Schema, TensorSpec

    record.log_artifacts(models, "models")
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec("binary", "audio", False),
        ColSpec("string", "path", False),
    ]
    outputs: list[ColSpec | TensorSpec] = [ColSpec("string", "region"), ColSpec("boolean", "known")]
    outputs += [ColSpec("double", "probability"), ColSpec("string", "reason")]
    outputs += [ColSpec("double", f"p_{region}") for region in regions]
    model = {
        "python_model": SERVING,
        "artifacts": {"models": str(models)},
        "code_paths": ["musicregion"],
        "pip_requirements": PACKAGES,
        "signature": mlflow.models.ModelSignature(Schema(inputs), Schema(outputs)),
        "input_example": pd.DataFrame({"audio": [example_audio(settings)]}),
    }
    if not record.down:
        try:
            with mlflow.start_run(run_id=record.run_id):
                mlflow.pyfunc.log_model(name="model", **model)
            record.client.update_run(record.run_id, "RUNNING")  # the end of the block has ended it
            return
        except Exception as error:  # the server is gone
            record.lost(error)
    with tempfile.TemporaryDirectory() as temporary:
        mlflow.pyfunc.save_model(f"{temporary}/model", **model)
        record.log_artifacts(Path(temporary, "model"), "model")
