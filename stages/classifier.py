"""What every trained model can do, whatever it is made of; and training the chosen one."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from stages import models
from stages.dataset import Dataset
from stages.params import Params

OnEpoch = Callable[[int, dict], None]  # (epoch from 1, metrics by Keras's names)


class Classifier(Protocol):
    """A trained model."""

    def segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        """Probabilities [segment, region] of some rows of `data`."""
        ...

    def songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ids, sorted, [song], and probabilities [song, region] of the songs that have `rows`."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model; equal models are equal files."""
        ...

    def export(self, folder: Path) -> None:
        """Write it once more, as what app.model answers with; see stages.export."""
        ...


def learn(
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
    if not models.has_epochs(settings.model):
        from stages import statistical

        return statistical.fit(data, train, validation, settings, on_epoch)
    from stages import network

    return network.fit(data, train, validation, settings, on_epoch, epochs)


def kept(history: pd.DataFrame) -> int:
    """The epoch whose weights were kept: the best on validation."""
    return int(history["epoch"].iloc[history["val_loss"].idxmin()])


def refit(
    data: Dataset, rows: np.ndarray, history: pd.DataFrame, settings: Params, on_epoch: OnEpoch
) -> Classifier:
    """Train anew on all of `rows`, for as many epochs as were best in an earlier training.

    Early stopping costs the songs of the validation part; this gives them back (Goodfellow,
    Bengio, Courville, Deep Learning, 2016, algorithm 7.2).
    """
    return learn(data, rows, None, settings, on_epoch, kept(history))[0]
