"""Ways to score how strange a song is, to compare with the one that predictions use.

The higher a score, the stranger the song.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.relative_mahalanobis import fit_relative_mahalanobis
from musicregion.models.kernel_regression import fit_kernel_regression
from musicregion.models.training_songs import assign_folds

# statistics of songs, [song, statistic], to scores, [song], by method
Scores = Callable[[np.ndarray], dict[str, np.ndarray]]
NEIGHBOUR = 3  # whose distance counts
OURS = "kernel regression"  # of predictions


def fit_methods(kinds: list[np.ndarray], labels: np.ndarray) -> Scores:
    """Fit every method on training songs.

    Distance from the third nearest song (Sun et al. 2022), from the nearest region (Lee et al.
    2018), the same less the distance from all songs (Ren et al. 2021), and what no region claims.
    kinds: statistics of each kind of features, [song, statistic]. labels: int [song].
    """
    kernel = fit_kernel_regression(kinds, labels)
    mahalanobis = fit_relative_mahalanobis(kinds, labels)
    rank = min(NEIGHBOUR, len(labels)) - 1

    def score(values: np.ndarray) -> dict[str, np.ndarray]:
        by_region = mahalanobis.distances(values, mahalanobis.centroids)
        return {
            "nearest neighbours": np.sort(kernel.distances(values), axis=1)[:, rank],
            "mahalanobis": by_region.min(axis=1),
            "relative mahalanobis": mahalanobis.score(values),
            OURS: kernel.score(values),
        }

    return score


def scores_out_of_fold(
    kinds: list[np.ndarray], labels: np.ndarray, groups: np.ndarray
) -> dict[str, np.ndarray]:
    """Scores of training songs by method, each fitted on the songs of other folds, [song]."""
    folds = assign_folds(labels, groups)
    scores: dict[str, np.ndarray] = {}
    for fold in np.unique(folds):
        inside = folds == fold
        score = fit_methods([kind[~inside] for kind in kinds], labels[~inside])
        for method, values in score(np.hstack(kinds)[inside]).items():
            scores.setdefault(method, np.empty(len(labels)))[inside] = values
    return scores


def conformal_p_values(calibration: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Share of the calibration scores that are at least as high, [song]."""
    stranger = (calibration >= scores[:, None]).sum(axis=1)
    p_values: np.ndarray = (1 + stranger) / (1 + len(calibration))
    return p_values
