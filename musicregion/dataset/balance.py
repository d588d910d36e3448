"""Makes up for unequal regions, with training rows only."""

import numpy as np


def oversample(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Rows [n] that bootstrap every region up to the largest: each row once, then drawn again.

    labels: int [segment]. Drawn with replacement (Efron 1979); shuffled.
    """
    counts = np.bincount(labels)
    rows = [np.arange(len(labels))]
    for label, count in enumerate(counts):
        if count:
            rows.append(random.choice(np.flatnonzero(labels == label), counts.max() - count))
    return random.permutation(np.concatenate(rows))


def class_weights(labels: np.ndarray) -> dict[int, float]:
    """A weight for each region, so that all regions count the same and the mean over rows is 1."""
    counts = np.bincount(labels)
    present = np.flatnonzero(counts)
    return {int(label): len(labels) / (len(present) * counts[label]) for label in present}
