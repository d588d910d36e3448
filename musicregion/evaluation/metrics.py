"""How good predictions are, by song and by segment, with bootstrap intervals over songs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

RESAMPLES = 2000  # of the bootstrap
LEVEL = 0.95  # of every interval


@dataclass(frozen=True)
class Predictions:
    """Predictions for songs or for segments; row i of every array describes the same one."""

    actual: np.ndarray  # int [n]
    probabilities: np.ndarray  # [n, region]
    songs: np.ndarray  # str [n]
    groups: np.ndarray  # str [n]; the unit that the bootstrap resamples

    @property
    def predicted(self) -> np.ndarray:
        """The most probable region of each, int [n]."""
        regions: np.ndarray = self.probabilities.argmax(axis=1)
        return regions

    @property
    def correct(self) -> np.ndarray:
        """Whether each was classified correctly, bool [n]."""
        matches: np.ndarray = self.predicted == self.actual
        return matches


def bootstrap_interval(
    values: np.ndarray, groups: np.ndarray, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean; whole groups are resampled with replacement.

    Rows of one group (segments of a song, copies of a recording) are not independent, so an
    interval over rows would be far too narrow. Efron and Tibshirani 1993, chapter 13.

    Args:
        values: [n]; for an accuracy, whether each row was classified correctly.
        groups: the group of each row, [n].
        seed: of the random draws.
        resamples: how often the groups are drawn.
    """
    _, group_index = np.unique(groups, return_inverse=True)
    sums = np.bincount(group_index, weights=values)
    sizes = np.bincount(group_index)
    draws = np.random.default_rng(seed).integers(0, len(sizes), (resamples, len(sizes)))
    means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def accuracy_scores(
    actual: np.ndarray, predicted: np.ndarray, groups: np.ndarray, majority: int, seed: int
) -> dict[str, float]:
    """Accuracy with its interval, macro-F1 and the accuracy of the majority baseline.

    Args:
        actual: int [n].
        predicted: int [n].
        groups: the unit that the bootstrap resamples, [n].
        majority: the largest region of the *training* part.
        seed: of the bootstrap.
    """
    low, high = bootstrap_interval(actual == predicted, groups, seed)
    return {
        "accuracy": float(accuracy_score(actual, predicted)),
        "accuracy_low": low,
        "accuracy_high": high,
        "macro_f1": float(
            f1_score(actual, predicted, labels=np.unique(actual), average="macro", zero_division=0)
        ),
        "majority_accuracy": float((actual == majority).mean()),
    }


def region_scores(actual: np.ndarray, predicted: np.ndarray, regions: list[str]) -> pd.DataFrame:
    """Precision, recall, F1 and number of songs (or segments) of each region.

    actual, predicted: int [n].
    """
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=range(len(regions)), zero_division=0
    )
    return pd.DataFrame(
        {"region": regions, "precision": precision, "recall": recall, "f1": f1, "support": support}
    )
