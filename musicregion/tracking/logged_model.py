"""A trained model in MLflow: it takes audio itself, see musicregion.inference.serving."""

import io
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from musicregion.config.sections import Segment
from musicregion.tracking.run import TrackedRun

SERVING = "musicregion/inference/serving.py"
# named, since guessing takes 8 s and guesses wrongly
PACKAGES = ["av", "mlflow", "numpy", "onnxruntime", "pandas", "scipy", "soundfile", "soxr"]


def example_audio(settings: Segment) -> bytes:
    """A FLAC file of one window: a tone that rises. It shows what the model takes."""
    count = round(settings.window * settings.sample_rate)
    time = np.arange(count) / settings.sample_rate
    file = io.BytesIO()
    soundfile.write(file, np.sin(100 * time * (1 + time)) / 4, settings.sample_rate, format="FLAC")
    return file.getvalue()


def log_model(models: Path, regions: list[str], settings: Segment, record: TrackedRun) -> None:
    """Log the model in the folder `models` to its run, and the folder as it is."""
    import mlflow
    import pandas as pd
    from mlflow.types import ColSpec, Schema

    record.log_artifacts(models, "models")
    given = [ColSpec("binary", "audio", False), ColSpec("string", "path", False)]
    answer = [ColSpec("string", "region"), ColSpec("boolean", "known")]
    answer += [ColSpec("double", "probability"), ColSpec("string", "reason")]
    answer += [ColSpec("double", f"p_{region}") for region in regions]
    whole = {
        "python_model": SERVING,
        "artifacts": {"models": str(models)},
        "code_paths": ["musicregion"],
        "pip_requirements": PACKAGES,
        "signature": mlflow.models.ModelSignature(Schema(given), Schema(answer)),
        "input_example": pd.DataFrame({"audio": [example_audio(settings)]}),
    }
    if not record.down:
        try:
            with mlflow.start_run(run_id=record.run_id):
                mlflow.pyfunc.log_model(name="model", **whole)
            record.client.update_run(record.run_id, "RUNNING")  # leaving the block has ended it
            return
        except Exception as error:  # the server has gone
            record.lost(error)
    with tempfile.TemporaryDirectory() as temporary:
        mlflow.pyfunc.save_model(f"{temporary}/model", **whole)
        record.log_artifacts(Path(temporary, "model"), "model")
