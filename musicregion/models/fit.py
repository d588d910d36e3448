"""Trains the model that params.yaml chooses."""

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

    Args:
        data: the segments.
        train: rows to train on, int [n].
        validation: rows that decide when to stop, int [n]; None where `epochs` decides.
        settings: all params.
        on_epoch: called after every epoch.
        epochs: how many to train for; train.epochs where None.

    Returns:
        The model, and its history: epoch and metrics, one row per epoch; a single row for a model
        that is not trained in epochs.

    Raises:
        InputError: a feature is not a finite number.
        TrainingError: the loss is not a finite number, or the model is too large.
    """
    if not registry.has_epochs(settings.model):
        from musicregion.models import sklearn_fit

        return sklearn_fit.fit_sklearn(data, train, validation, settings, on_epoch)
    from musicregion.models import keras_model

    return keras_model.fit_keras(data, train, validation, settings, on_epoch, epochs)


def best_epoch(history: pd.DataFrame) -> int:
    """The epoch with the lowest validation loss, whose weights the model has."""
    return int(history["epoch"].iloc[history["val_loss"].argmin()])


def refit_model(
    data: Dataset, rows: np.ndarray, history: pd.DataFrame, settings: Params, on_epoch: OnEpoch
) -> Classifier:
    """Train again on all of `rows`, for as many epochs as the best epoch of an earlier training.

    Early stopping holds the validation songs back; this trains on them too (Goodfellow, Bengio,
    Courville, Deep Learning, 2016, algorithm 7.2).
    """
    return fit_model(data, rows, None, settings, on_epoch, best_epoch(history))[0]
