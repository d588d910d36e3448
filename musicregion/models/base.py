"""What every trained model can do, whatever it is made of."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from musicregion.dataset.dataset import Dataset

OnEpoch = Callable[[int, dict], None]  # (epoch from 1, metrics by Keras's names)


class Classifier(Protocol):
    """A trained model."""

    def predict_segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        """Probabilities [segment, region] of some rows of `data`."""
        ...

    def predict_songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ids, sorted, [song], and probabilities [song, region] of the songs that have `rows`."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model; equal models are equal files."""
        ...

    def export(self, folder: Path) -> None:
        """Write it once more for inference.predictor; see models.onnx_export."""
        ...
