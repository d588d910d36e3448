"""How strange a song sounds to a model's training songs.

Kernel ridge regression of each region against the rest: a region's output is near 1 where its songs
are near and no others. One minus the highest output is large between regions and far from all songs
(Kemmler et al. 2013, "One-class classification with Gaussian processes"). Far away it levels off,
so the distance from the nearest song is added. Where songs are diverse, a Mahalanobis distance
takes noise for one of them; this does not.
"""

from dataclasses import dataclass

import numpy as np

from musicregion.models.song_axes import NEGLIGIBLE, fit_axes, project

WIDTH = 1.0  # of the kernel, in median squared distances of training songs
NEAREST = 0.6  # strangeness of a song whose nearest is at the median distance
RIDGE = 0.1  # the higher, the less a single song counts
SHRINKAGE = 0.5  # of the covariance within regions towards equal variances


@dataclass(frozen=True)
class KernelRegression:
    """Fitted on training songs; see the module."""

    mean: np.ndarray  # [statistic]
    scale: np.ndarray  # [statistic]; inf for what is the same in all training songs
    axes: np.ndarray  # float32 [statistic, axis], orthonormal; they span the training songs
    songs: np.ndarray  # float32 [song, axis], the training songs
    weights: np.ndarray  # [song, region]
    width: np.ndarray  # [], of the kernel
    slope: np.ndarray  # [], strangeness by distance from the nearest song
    whitening: np.ndarray  # [axis, axis]: songs of a region vary equally in all directions
    off_axes: np.ndarray  # [], variance within regions in all other directions

    def locate(self, statistics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Songs along the axes, [song, axis], and their squared distances off them, [song].

        statistics: [song, statistic].
        """
        return project(statistics, self.mean, self.scale, self.axes)

    def score(self, statistics: np.ndarray) -> np.ndarray:
        """Strangeness of songs [song, statistic], from about 0: [song]."""
        along, off = self.locate(statistics)
        squares = squared_distances(along, self.songs) + off[:, None]
        outputs = np.exp(-squares / self.width) @ self.weights
        score: np.ndarray = 1 - outputs.max(axis=1) + self.slope * np.sqrt(squares.min(axis=1))
        return score

    def distances(self, statistics: np.ndarray) -> np.ndarray:
        """Mahalanobis distances of songs [song, statistic] from the training songs.

        By the variance within regions, so that what tells them apart counts most. Returns
        [song, training song].
        """
        along, off = self.locate(statistics)
        squares = squared_distances(along @ self.whitening, self.songs @ self.whitening)
        distances: np.ndarray = np.sqrt(squares + off[:, None] / self.off_axes)
        return distances


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances, [row of a, row of b]."""
    squares: np.ndarray = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)
    squares -= 2 * a @ b.T  # in place, as below: of ten thousand songs it takes 0.8 GB
    return np.maximum(squares, 0, out=squares)


def fit_kernel_regression(kinds: list[np.ndarray], labels: np.ndarray) -> KernelRegression:
    """Fit on training songs.

    kinds: statistics of each kind of features, [song, statistic]; each kind counts equally,
    however many statistics it has. labels: region of each song, int [song].
    """
    from scipy.linalg import solve  # slow to import, and not needed for predictions

    fitted = fit_axes(kinds)
    songs = fitted.along.astype("float32")
    points = songs.astype("float64")
    squares = squared_distances(points, points)
    usual = np.median(squares[~np.eye(len(points), dtype=bool)], overwrite_input=True)
    width, slope = WIDTH * usual, NEAREST / np.sqrt(usual)
    regions, region = np.unique(labels, return_inverse=True)
    counts = np.bincount(region)
    # small regions count as much as large ones
    ridge = RIDGE * counts[region] / np.mean(len(points) / len(regions))
    targets = np.eye(len(regions))[region]
    squares /= -width
    kernel = np.exp(squares, out=squares)
    kernel[np.diag_indices_from(kernel)] += ridge
    weights = solve(kernel, targets, assume_a="pos")
    centroids = targets.T @ points / counts[:, None]
    whitening, off_axes = whiten(points - centroids[region])
    return KernelRegression(
        fitted.mean,
        fitted.scale,
        fitted.axes,
        songs,
        weights,
        np.array(width),
        np.array(slope),
        whitening,
        np.array(off_axes),
    )


def whiten(deviations: np.ndarray) -> tuple[np.ndarray, float]:
    """What makes deviations [song, axis] white, [axis, axis], and the variance off the axes.

    Their covariance is shrunk towards equal variances; off the axes nothing else is left.
    """
    covariance = deviations.T @ deviations / len(deviations)
    equal = SHRINKAGE * np.trace(covariance) / len(covariance)
    equal += NEGLIGIBLE  # regions of one song
    shrunk = (1 - SHRINKAGE) * covariance + equal * np.eye(len(covariance))
    return np.linalg.inv(np.linalg.cholesky(shrunk)).T, equal
