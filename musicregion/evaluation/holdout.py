"""Train on some songs and predict others: the one way in which models are evaluated here."""

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
    """A trained model and its predictions, by "song" and by "segment", before calibration."""

    model: Classifier | None  # trained on training and validation songs; None if not kept
    history: pd.DataFrame  # of the training that stopped early, one row per epoch
    validation: dict[str, Predictions]  # by the model of that training
    test: dict[str, Predictions]  # by `model`
    temperature: dict[str, float]  # fitted on validation

    def calibrated(self, part: str, unit: str) -> np.ndarray:
        """Calibrated probabilities [n, region].

        part: "validation" or "test"; unit: "song" or "segment".
        """
        predictions: Predictions = getattr(self, part)[unit]
        return calibration.apply_temperature(predictions.probabilities, self.temperature[unit])


def predict_rows(model: Classifier, data: Dataset, rows: np.ndarray) -> dict[str, Predictions]:
    """Predictions for the songs and the segments of some rows of `data`, by unit."""
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
    """Train, choose epoch and temperature on validation, refit on both, predict test.

    train, validation, test: rows of `data`; no group of songs has rows in two of them.
    on_epoch: called in the first training, not in the refit.
    """
    model, history = fit.fit_model(data, train, validation, settings, on_epoch)
    on_validation = predict_rows(model, data, validation)
    temperature = {
        unit: calibration.fit_temperature(predictions.probabilities, predictions.actual)
        for unit, predictions in on_validation.items()
    }
    both = np.sort(np.concatenate([train, validation]))
    refitted = fit.refit_model(data, both, history, settings, lambda epoch, metrics: None)
    return HoldoutResult(
        model=refitted,
        history=history,
        validation=on_validation,
        test=predict_rows(refitted, data, test),
        temperature=temperature,
    )
