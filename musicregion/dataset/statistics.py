"""A whole song, or one segment, as one vector: statistics of its features over time."""

from itertools import pairwise

import numpy as np
import scipy.fft

FEW = 16  # rows a segment; features with fewer are summaries of seconds already
FIRST = 20  # channels whose covariance and modulation are looked at
EDGES = (3, 5, 8, 13, 20, 32, 50, 80, 120, 215)  # of modulation bands, periods a segment
TINY = 1e-3


def pool_statistics(features: np.ndarray) -> np.ndarray:
    """Vector of features [segment, time, channel], of any number of segments.

    Mean and deviation of every channel; of features that are frames also the shape of their
    distribution, how fast they change, how they go together (logarithm of the covariance matrix,
    Arsigny et al. 2006) and in which rhythm they swing (modulation spectrum).
    """
    values = np.asarray(features, "float32")
    rows = values.reshape(-1, values.shape[-1])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    if values.shape[1] < FEW:
        return np.concatenate([mean, deviation])
    slope = ((values[:, 2:] - values[:, :-2]) / 2).reshape(-1, values.shape[-1])
    bend = values[:, 2:] - 2 * values[:, 1:-1] + values[:, :-2]
    skew = (((rows - mean) / (deviation + 1e-6)) ** 3).mean(axis=0)
    return np.concatenate(
        [
            mean,
            deviation,
            slope.std(axis=0),
            bend.std(axis=(0, 1)),
            skew,
            np.percentile(rows, [5, 25, 50, 75, 95], axis=0).ravel(),
            log_covariance(rows[:, :FIRST]),
            log_covariance(slope[:, :FIRST]),
            modulation(values[..., :FIRST]),
        ]
    )


def log_covariance(rows: np.ndarray) -> np.ndarray:
    """Upper triangle of the matrix logarithm of the covariance of rows [time, channel].

    In it, Euclidean distance is a meaningful one between covariance matrices.
    """
    channels = rows.shape[1]
    covariance = np.atleast_2d(np.cov(rows.T)) + TINY * np.eye(channels)
    if not np.isfinite(covariance).all():  # which is for the caller to notice
        return np.full(channels * (channels + 1) // 2, np.nan)
    values, vectors = np.linalg.eigh(covariance)
    logarithm = (vectors * np.log(np.maximum(values, TINY**2))) @ vectors.T
    upper = np.triu_indices(channels)
    return logarithm[upper] * np.where(upper[0] == upper[1], 1, np.sqrt(2))


def modulation(values: np.ndarray) -> np.ndarray:
    """Log-power of each channel's swing in bands of its rate; values: [segment, time, channel]."""
    time = values.shape[1]
    swing = (values - values.mean(axis=1, keepdims=True)) * np.hanning(time)[:, None]
    power = (np.abs(scipy.fft.rfft(swing, axis=1)) ** 2).mean(axis=0)  # [period, channel]
    edges = [edge for edge in EDGES if edge < len(power)]
    bands = [power[low:high].mean(axis=0) for low, high in pairwise(edges)]
    return np.log(np.concatenate(bands) + TINY)


def song_statistics(features: np.ndarray, songs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ids, sorted, [song], and their statistics [song, statistic]; songs: [segment]."""
    names, place = np.unique(songs, return_inverse=True)
    order = np.argsort(place, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(place))[:-1])
    return names, np.stack([pool_statistics(features[rows]) for rows in parts])


def segment_statistics(features: np.ndarray) -> np.ndarray:
    """Statistics of each segment alone, [segment, statistic]."""
    return np.stack([pool_statistics(features[row : row + 1]) for row in range(len(features))])
