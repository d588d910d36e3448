"""The axes that training songs span: coordinates in which songs are compared."""

from dataclasses import dataclass

import numpy as np

from musicregion.models import scaling

NEGLIGIBLE = 1e-9  # of the largest variance


@dataclass(frozen=True)
class SongAxes:
    """Fitted on training songs."""

    mean: np.ndarray  # [statistic]
    scale: np.ndarray  # [statistic]; inf for what is the same in all training songs
    axes: np.ndarray  # float32 [statistic, axis], orthonormal; they span the training songs
    powers: np.ndarray  # [axis], sums of squares of the training songs
    along: np.ndarray  # [song, axis], the training songs


def project(
    statistics: np.ndarray, mean: np.ndarray, scale: np.ndarray, axes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Songs along the axes, [song, axis], and their squared distances off them, [song].

    statistics: [song, statistic]; the others as of SongAxes.
    """
    standardised = (statistics - mean) / scale
    along = standardised @ axes
    off = (standardised**2).sum(axis=1) - (along**2).sum(axis=1)
    return along, np.maximum(off, 0)


def fit_axes(kinds: list[np.ndarray]) -> SongAxes:
    """Fit on training songs.

    kinds: statistics of each kind of features, [song, statistic]; each kind counts equally,
    however many statistics it has.
    """
    from scipy.linalg import eigh  # slow to import, and not needed for predictions

    statistics = np.concatenate(kinds, axis=1).astype("float64")
    deviation = statistics.std(axis=0)
    sizes = np.concatenate([np.full(kind.shape[1], kind.shape[1]) for kind in kinds])
    varies = deviation > np.sqrt(scaling.MIN_VARIANCE)
    scale = np.where(varies, deviation * np.sqrt(sizes), np.inf)
    mean = statistics.mean(axis=0)
    standardised = (statistics - mean) / scale
    # the smaller matrix of inner products, of songs or of statistics, has the same eigenvalues
    few_songs = len(standardised) <= standardised.shape[1]
    powers, vectors = eigh(
        standardised @ standardised.T if few_songs else standardised.T @ standardised
    )
    kept = powers > NEGLIGIBLE * max(powers[-1], NEGLIGIBLE)
    powers, vectors = powers[kept], vectors[:, kept]
    axes = standardised.T @ (vectors / np.sqrt(powers)) if few_songs else vectors
    axes = axes.astype("float32")
    return SongAxes(mean, scale, axes, powers, standardised @ axes)
