"""Trains on some songs and answers for others: the one way in which a model is judged here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.metrics import Predictions
from musicregion.models import calibration, fit
from musicregion.models.base import Classifier, OnEpoch


@dataclass(frozen=True)
class HoldoutResult:
    """What came of a training. Levels are by "song" and by "segment", not yet calibrated."""

    model: Classifier | None  # trained on the training and the validation part
    history: pd.DataFrame  # of the training that the validation part stopped, one row per epoch
    validation: dict[str, Predictions]  # answers of that training's model
    test: dict[str, Predictions]
    temperature: dict[str, float]  # fitted on validation
    threshold: float  # of a song's calibrated top probability; below it is "none of these"

    def calibrated(self, part: str, unit: str) -> np.ndarray:
        """Probabilities [n, region] of "validation" or "test", by "song" or "segment"."""
        level = getattr(self, part)[unit]
        return calibration.apply_temperature(level.probabilities, self.temperature[unit])


def predict_rows(model: Classifier, data: Dataset, rows: np.ndarray) -> dict[str, Predictions]:
    """What a model says of some rows' songs and segments."""
    songs, probabilities = model.predict_songs(data, rows)
    _, first = np.unique(data.songs[rows], return_index=True)
    return {
        "song": Predictions(
            data.labels[rows][first], probabilities, songs, data.groups[rows][first]
        ),
        "segment": Predictions(
            data.labels[rows],
            model.predict_segments(data, rows),
            data.songs[rows],
            data.groups[rows],
        ),
    }


def evaluate_holdout(
    data: Dataset,
    train: np.ndarray,
    validation: np.ndarray,
    test: np.ndarray,
    settings: Params,
    on_epoch: OnEpoch,
) -> HoldoutResult:
    """Train, choose the epoch, temperature and threshold on validation; train anew on both; test.

    train, validation, test: rows of `data`; no group of songs has rows in two of them.
    """
    first, history = fit.fit_model(data, train, validation, settings, on_epoch)
    held = predict_rows(first, data, validation)
    temperature = {
        unit: calibration.fit_temperature(level.probabilities, level.actual)
        for unit, level in held.items()
    }
    songs = calibration.apply_temperature(held["song"].probabilities, temperature["song"])
    both = np.sort(np.concatenate([train, validation]))
    model = fit.refit_model(data, both, history, settings, lambda epoch, metrics: None)
    return HoldoutResult(
        model,
        history,
        held,
        predict_rows(model, data, test),
        temperature,
        calibration.rejection_threshold(songs),
    )
