"""Statistics of features over time: a whole song, or one segment, as one vector."""

from itertools import pairwise

import numpy as np
import scipy.fft

from musicregion.dataset.selected_rows import FeatureArray, block_slices

MIN_FRAMES = 16  # rows per segment; features with fewer are summaries of seconds, not frames
MAX_CHANNELS = 20  # the first channels, of which covariance and modulation are computed
BAND_EDGES = (3, 5, 8, 13, 20, 32, 50, 80, 120, 215)  # of modulation bands, periods per segment
EPSILON = 1e-3  # keeps logarithms finite


def pool_statistics(features: np.ndarray) -> np.ndarray:
    """Statistics of all segments together, [statistic].

    Mean and standard deviation of every channel. For features that are frames also: the deviation
    of their first and second differences, skewness, percentiles, the logarithm of the covariance
    matrix (Arsigny et al. 2006) of frames and of first differences, and the modulation spectrum.

    features: [segment, time, channel], of one segment or more.
    """
    values = np.asarray(features, "float32")
    rows = values.reshape(-1, values.shape[-1])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    if values.shape[1] < MIN_FRAMES:
        return np.concatenate([mean, deviation])
    slope = ((values[:, 2:] - values[:, :-2]) / 2).reshape(-1, values.shape[-1])
    curvature = values[:, 2:] - 2 * values[:, 1:-1] + values[:, :-2]
    skewness = (((rows - mean) / (deviation + 1e-6)) ** 3).mean(axis=0)
    return np.concatenate(
        [
            mean,
            deviation,
            slope.std(axis=0),
            curvature.std(axis=(0, 1)),
            skewness,
            np.percentile(rows, [5, 25, 50, 75, 95], axis=0).ravel(),
            log_covariance(rows[:, :MAX_CHANNELS]),
            log_covariance(slope[:, :MAX_CHANNELS]),
            modulation(values[..., :MAX_CHANNELS]),
        ]
    )


def log_covariance(rows: np.ndarray) -> np.ndarray:
    """Upper triangle of the matrix logarithm of the covariance of rows [time, channel].

    The Euclidean distance of two such vectors is the log-Euclidean distance of the matrices
    (Arsigny et al. 2006). NaN throughout where a value is not finite.
    """
    channels = rows.shape[1]
    covariance = np.atleast_2d(np.cov(rows.T)) + EPSILON * np.eye(channels)
    if not np.isfinite(covariance).all():  # eigh would raise; the caller reports it
        return np.full(channels * (channels + 1) // 2, np.nan)
    values, vectors = np.linalg.eigh(covariance)
    logarithm = (vectors * np.log(np.maximum(values, EPSILON**2))) @ vectors.T
    upper = np.triu_indices(channels)
    # off the diagonal each entry stands for two
    scale = np.where(upper[0] == upper[1], 1, np.sqrt(2))
    triangle: np.ndarray = logarithm[upper] * scale
    return triangle


def modulation(values: np.ndarray) -> np.ndarray:
    """Log-power of each channel's fluctuation in bands of its rate, [band × channel].

    values: [segment, time, channel].
    """
    time = values.shape[1]
    fluctuation = (values - values.mean(axis=1, keepdims=True)) * np.hanning(time)[:, None]
    power = (np.abs(scipy.fft.rfft(fluctuation, axis=1)) ** 2).mean(axis=0)  # [period, channel]
    edges = [edge for edge in BAND_EDGES if edge < len(power)]
    bands = [power[low:high].mean(axis=0) for low, high in pairwise(edges)]
    return np.log(np.concatenate(bands) + EPSILON)


def song_statistics(features: FeatureArray, songs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Song ids, sorted, [song], and their statistics, [song, statistic]. Reads a song at a time.

    features: [segment, time, channel]; songs: id of each segment's song, [segment].
    """
    names, song_index = np.unique(songs, return_inverse=True)
    order = np.argsort(song_index, kind="stable")
    rows_by_song = np.split(order, np.cumsum(np.bincount(song_index))[:-1])
    return names, np.stack([pool_statistics(features[rows]) for rows in rows_by_song])


def segment_statistics(features: FeatureArray) -> np.ndarray:
    """Statistics of each segment, [segment, statistic]. Reads a segment at a time."""
    first = pool_statistics(features[:1])
    vectors = np.empty((len(features), len(first)), first.dtype)  # a list would be a second copy
    vectors[0] = first
    for row in range(1, len(features)):
        vectors[row] = pool_statistics(features[row : row + 1])
    return vectors


def segment_means(features: FeatureArray) -> np.ndarray:
    """The mean of each segment over time, [segment, channel]. Reads a block at a time."""
    means = np.empty((len(features), features.shape[2]), features.dtype)
    for block in block_slices(features):
        features[block].mean(axis=1, out=means[block])
    return means
