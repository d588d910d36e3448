"""The interface of every trained model, and of the callback that follows a training."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from musicregion.dataset.dataset import Dataset

# called after every epoch: its number from 1, and metrics by Keras's names
OnEpoch = Callable[[int, dict[str, float]], None]


class Classifier(Protocol):
    """A trained model."""

    def predict_segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        """Probabilities [segment, region] of some rows of `data`."""
        ...

    def predict_songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ids, sorted, [song], and probabilities [song, region] of the songs that have `rows`."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model as its library does; equal models are equal files."""
        ...

    def export(self, folder: Path) -> None:
        """Write the model as ONNX, for musicregion.inference; see models.onnx_export."""
        ...
