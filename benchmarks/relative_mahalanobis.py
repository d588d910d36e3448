"""The relative Mahalanobis distance, to compare: how strange a song sounds to training songs.

Ren et al. 2021, "A simple fix to Mahalanobis distance for improving near-OOD detection": the
distance from the nearest region, less that from all regions together. The first is large for every
song that is unusual; the difference, only where no region explains it.
"""

from dataclasses import dataclass

import numpy as np

from musicregion.models.kernel_regression import squared_distances
from musicregion.models.song_axes import NEGLIGIBLE, fit_axes, project

SHRINKAGE = 0.5  # of both covariances towards equal variances; chosen on folk


@dataclass(frozen=True)
class RelativeMahalanobis:
    """Fitted on training songs. Positions are coordinates in which a region's songs are white."""

    mean: np.ndarray  # [statistic]
    scale: np.ndarray  # [statistic]; inf for what is the same in all training songs
    axes: np.ndarray  # float32 [statistic, axis], orthonormal; they span the training songs
    whitening: np.ndarray  # [axis, axis]
    variances: np.ndarray  # [axis], of all songs; within regions they are 1
    centroids: np.ndarray  # [region, axis]: positions
    residual: np.ndarray  # [2]: 1 / variance off the axes, within regions and of all songs

    def locate(self, statistics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions [song, axis] of songs, and their squared distances off the axes [song].

        statistics: [song, statistic].
        """
        along, off = project(statistics, self.mean, self.scale, self.axes)
        return along @ self.whitening, off

    def score(self, statistics: np.ndarray) -> np.ndarray:
        """Relative distance of songs [song, statistic]; the higher, the stranger: [song]."""
        positions, off = self.locate(statistics)
        nearest = squared_distances(positions, self.centroids).min(axis=1)
        background = (positions**2 / self.variances).sum(axis=1)
        within, overall = self.residual
        score: np.ndarray = nearest - background + off * (within - overall)
        return score

    def distances(self, statistics: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Mahalanobis distances of songs [song, statistic] from positions [other, axis].

        Returns [song, other].
        """
        own, off = self.locate(statistics)
        distances: np.ndarray = np.sqrt(
            squared_distances(own, positions) + off[:, None] * self.residual[0]
        )
        return distances


def shrink(covariance: np.ndarray) -> np.ndarray:
    """A covariance matrix, shrunk towards a multiple of the identity with the same trace."""
    size = len(covariance)
    return (1 - SHRINKAGE) * covariance + SHRINKAGE * np.trace(covariance) / size * np.eye(size)


def fit_relative_mahalanobis(kinds: list[np.ndarray], labels: np.ndarray) -> RelativeMahalanobis:
    """Fit on training songs.

    kinds: statistics of each kind of features, [song, statistic]; each kind counts equally,
    however many statistics it has. labels: region of each song, int [song].
    """
    from scipy.linalg import eigh  # slow to import, and not needed for predictions

    fitted = fit_axes(kinds)
    along = fitted.along
    _, region = np.unique(labels, return_inverse=True)
    sums = np.zeros((region.max() + 1, along.shape[1]))
    np.add.at(sums, region, along)
    centroids = sums / np.bincount(region)[:, None]
    deviations = along - centroids[region]
    within = shrink(deviations.T @ deviations / len(along))
    overall = shrink(np.diag(fitted.powers) / len(along))
    within += NEGLIGIBLE * np.trace(overall) * np.eye(len(within))  # regions of one song
    variances, whitening = eigh(overall, within)  # diagonalises both
    return RelativeMahalanobis(
        fitted.mean,
        fitted.scale,
        fitted.axes,
        whitening,
        variances,
        centroids @ whitening,
        _residual(within, overall),
    )


def _residual(*covariances: np.ndarray) -> np.ndarray:
    """1 / variance off the axes, where shrinkage alone gives one, of each covariance."""
    return np.array(
        [len(covariance) / (SHRINKAGE * np.trace(covariance)) for covariance in covariances]
    )
