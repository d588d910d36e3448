"""Saves a trained model as MLflow serves it, with audio as input: see inference.serving.

It holds what a prediction needs. What Keras or scikit-learn would read to train on is the same
weights again, and stays with DVC.
"""

import io
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

CODE = Path("musicregion")
SERVING = "inference/serving.py"  # in CODE
TRAINING_FILES = ("*.keras", "*.skops")
# of CODE; no prediction imports them, and a server takes each file in a request of its own
OTHER_ROOMS = (
    *("composition", "corpus", "evaluation", "generation", "presentation", "rendering"),
    *("tracking", "tuning"),
)
# listed, since MLflow's own inference takes 8 s and is wrong
PACKAGES = ["av", "mlflow", "numpy", "onnxruntime", "pandas", "scipy", "soundfile", "soxr"]


def model_name(params: dict[str, Any]) -> str:
    """The name of a model in MLflow: committee-mfcc-folk. params: by dotted key."""
    return f"{params['model']}-{params['features']}-{params['corpus']}"


def example_audio(seconds: float, sample_rate: int) -> bytes:
    """A FLAC file with a rising tone: the model's input example."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    file = io.BytesIO()
    soundfile.write(file, np.sin(100 * time * (1 + time)) / 4, sample_rate, format="FLAC")
    return file.getvalue()


@contextmanager
def saved_model(
    models: Path, regions: list[str], params: dict[str, Any], code: Path = CODE
) -> Iterator[Path]:
    """The folder of a model as MLflow loads it, for the time of the block.

    Args:
        models: the folder of the trained model.
        regions: that the model knows.
        params: that it was trained with, by dotted key.
        code: the package musicregion of the model's commit.
    """
    import mlflow
    import pandas as pd
    from mlflow.types import ColSpec, Schema, TensorSpec

    inputs: list[ColSpec | TensorSpec] = [
        ColSpec("binary", "audio", False),
        ColSpec("string", "path", False),
    ]
    outputs: list[ColSpec | TensorSpec] = [ColSpec("string", "region"), ColSpec("boolean", "known")]
    outputs += [ColSpec("double", "typicality"), ColSpec("string", "nearest")]
    outputs += [ColSpec("double", "probability"), ColSpec("string", "reason")]
    outputs += [ColSpec("double", f"p_{region}") for region in regions]
    logging.getLogger("mlflow.pyfunc").setLevel(logging.WARNING)  # it says what it saves
    example = example_audio(params["segment.window"], params["segment.sample_rate"])
    with tempfile.TemporaryDirectory() as temporary:
        needed, saved = Path(temporary, "models"), Path(temporary, "saved")
        shutil.copytree(models, needed, ignore=shutil.ignore_patterns(*TRAINING_FILES))
        others = shutil.ignore_patterns("__pycache__", *OTHER_ROOMS)
        package = shutil.copytree(code, Path(temporary, CODE), ignore=others)
        mlflow.pyfunc.save_model(
            saved,
            python_model=str(package / SERVING),
            artifacts={"models": str(needed)},
            code_paths=[str(package)],
            pip_requirements=PACKAGES,
            signature=mlflow.models.ModelSignature(Schema(inputs), Schema(outputs)),
            input_example=pd.DataFrame({"audio": [example]}),
        )
        for cache in list(saved.rglob("__pycache__")):
            shutil.rmtree(cache)
        yield saved
