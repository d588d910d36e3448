"""Predicts what a microphone gives with a model folder that stays loaded.

Light to import, for a process that has other processes do the work.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from musicregion.inference.predict_window import WindowPrediction
    from musicregion.inference.predictor import Predictor


@cache
def _load_once(folder: Path) -> "Predictor":
    from musicregion.inference.predictor import load_predictor

    return load_predictor(folder)


def predict_samples(folder: Path, samples: np.ndarray, rate: int) -> "WindowPrediction":
    """Predict the last samples of a stream.

    samples: int16 [sample], one at least; fewer than a window are looped. rate: theirs, Hz.

    Raises:
        ModelError: there is no complete model in the folder.
    """
    import soxr

    from musicregion.inference.predict_window import predict_window

    model = _load_once(folder)
    settings = model.section("segment")
    resampled = soxr.resample(samples.astype("float32") / 2**15, rate, settings.sample_rate)
    length = round(settings.window * settings.sample_rate)
    return predict_window(model, np.resize(resampled[-length:], length))
