"""Balances regions of unequal size, in training rows only."""

import numpy as np


def oversample(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Row indices, int [n], in which every region has as many rows as the largest; shuffled.

    Every row is there once; the rest are drawn with replacement (bootstrap, Efron 1979).

    labels: int [segment].
    """
    counts = np.bincount(labels)
    rows = [np.arange(len(labels))]
    for label, count in enumerate(counts):
        if count:
            rows.append(rng.choice(np.flatnonzero(labels == label), counts.max() - count))
    return rng.permutation(np.concatenate(rows))


def class_weights(labels: np.ndarray) -> dict[int, float]:
    """A weight per label that gives all regions equal weight; the mean over rows is 1.

    labels: int [segment]. As class_weight="balanced" of scikit-learn.
    """
    counts = np.bincount(labels)
    present = np.flatnonzero(counts)
    return {int(label): len(labels) / (len(present) * counts[label]) for label in present}
