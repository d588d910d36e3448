"""Augmentations of segments, and balanced batches that are augmented as they are drawn."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from musicregion.dataset.dataset import Dataset

if TYPE_CHECKING:
    import keras

Batch = tuple[np.ndarray, np.ndarray]  # [segment, time, channel] and targets [segment, region]
Augment = Callable[[np.ndarray, np.ndarray, np.random.Generator], Batch]


def leave_unchanged(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    return x, y


def mixup(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    """Weighted sums of two segments and of their targets (Zhang et al. 2018, alpha 0.4)."""
    share = random.beta(0.4, 0.4, len(x)).astype("float32")
    other = random.permutation(len(x))
    x = share[:, None, None] * x + (1 - share[:, None, None]) * x[other]
    return x, share[:, None] * y + (1 - share[:, None]) * y[other]


def mask_time_and_channels(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    """At most a tenth of the time and a sixth of the channels set to the segment's mean.

    SpecAugment (Park et al. 2019) without its time warping.
    """
    x = x.copy()
    for segment in x:
        for axis, most in ((0, 10), (1, 6)):
            size = segment.shape[axis]
            width = random.integers(0, size // most + 1)
            start = random.integers(0, size - width + 1)
            index = [slice(None), slice(None)]
            index[axis] = slice(start, start + width)
            segment[tuple(index)] = segment.mean()
    return x, y


def gain_and_equaliser(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    """A random gain for each segment (6 dB) and a smooth curve over its channels (3 dB)."""
    knots = np.linspace(0, x.shape[2] - 1, 5)
    curve = np.stack(
        [np.interp(np.arange(x.shape[2]), knots, random.normal(0, 3, 5)) for _ in range(len(x))]
    )
    shift = random.normal(0, 6, (len(x), 1)) + curve
    return x + shift[:, None, :].astype("float32"), y


def make_batches(
    data: Dataset, rows: np.ndarray, augment: Augment, random: np.random.Generator, size: int
) -> "keras.utils.PyDataset":
    """Batches of `size` segments, oversampled as in training, and augmented as they are drawn."""
    import keras

    from musicregion.dataset.balance import oversample

    targets = np.eye(len(data.regions), dtype="float32")

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.on_epoch_begin()

        def on_epoch_begin(self) -> None:
            self.order = rows[oversample(data.labels[rows], random)]

        def __len__(self) -> int:
            return len(self.order) // size

        def __getitem__(self, index: int) -> Batch:
            batch = np.sort(self.order[index * size : (index + 1) * size])
            return augment(data.array[batch], targets[data.labels[batch]], random)

    return Batches()
