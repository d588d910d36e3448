"""Trains the chosen model."""

import numpy as np
import pandas as pd

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.models import registry
from musicregion.models.base import Classifier, OnEpoch


def fit_model(
    data: Dataset,
    train: np.ndarray,
    validation: np.ndarray | None,
    settings: Params,
    on_epoch: OnEpoch,
    epochs: int | None = None,
) -> tuple[Classifier, pd.DataFrame]:
    """Train the chosen model on some rows of `data`.

    validation: rows that decide when to stop; None where `epochs` decides.

    Returns the model and its history, one row per epoch; one row for a model without epochs.
    """
    if not registry.has_epochs(settings.model):
        from musicregion.models import sklearn_model

        return sklearn_model.fit_sklearn(data, train, validation, settings, on_epoch)
    from musicregion.models import keras_model

    return keras_model.fit_keras(data, train, validation, settings, on_epoch, epochs)


def best_epoch(history: pd.DataFrame) -> int:
    """The epoch whose weights were kept: the best on validation."""
    return int(history["epoch"].iloc[history["val_loss"].idxmin()])


def refit_model(
    data: Dataset, rows: np.ndarray, history: pd.DataFrame, settings: Params, on_epoch: OnEpoch
) -> Classifier:
    """Train anew on all of `rows`, for as many epochs as were best in an earlier training.

    Early stopping costs the songs of the validation part; this gives them back (Goodfellow,
    Bengio, Courville, Deep Learning, 2016, algorithm 7.2).
    """
    return fit_model(data, rows, None, settings, on_epoch, best_epoch(history))[0]
