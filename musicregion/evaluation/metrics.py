"""How good predictions are: by segment and by song, with the song as the unit that is drawn."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

DRAWS = 2000  # of the bootstrap


@dataclass(frozen=True)
class Predictions:
    """Answers for songs, or for segments; rows of all arrays belong together."""

    actual: np.ndarray  # int [n]
    probabilities: np.ndarray  # [n, region]
    songs: np.ndarray  # str [n]
    groups: np.ndarray  # str [n]; what is drawn by the bootstrap

    @property
    def predicted(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1)


def bootstrap_interval(
    right: np.ndarray, songs: np.ndarray, seed: int, level: float = 0.95
) -> tuple[float, float]:
    """Bootstrap interval of an accuracy over songs: whole songs are drawn with replacement.

    right: whether each segment or song was named rightly, [n]; songs: whose it is, [n], or which
    group of copies it is of. Segments of one song are not independent, so an interval over
    segments would be far too narrow.
    Percentile bootstrap: Efron and Tibshirani 1993, chapter 13.
    """
    _, place = np.unique(songs, return_inverse=True)
    hits = np.bincount(place, weights=right)
    sizes = np.bincount(place)
    drawn = np.random.default_rng(seed).integers(0, len(sizes), (DRAWS, len(sizes)))
    accuracies = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(accuracies, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def accuracy_scores(
    actual: np.ndarray, predicted: np.ndarray, songs: np.ndarray, majority: int, seed: int
) -> dict[str, float]:
    """Accuracy with its interval, macro-F1 and the majority baseline.

    actual, predicted: int [n]; songs: [n]; majority: the largest region of the *training* part.
    """
    low, high = bootstrap_interval(actual == predicted, songs, seed)
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
    """Precision, recall, F1 and number of songs (or segments) of each region."""
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=range(len(regions)), zero_division=0
    )
    return pd.DataFrame(
        {"region": regions, "precision": precision, "recall": recall, "f1": f1, "support": support}
    )
