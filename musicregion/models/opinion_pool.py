"""Pools several predictions into one: the mean of log-probabilities, normalised again.

The logarithmic opinion pool (Genest and Zidek 1986): unlike in a mean of probabilities, a single
model can rule a region out.
"""

import numpy as np
from scipy.special import softmax

TINY = 1e-7  # lowest probability; keeps logarithms finite


def log_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Logarithms, finite also where a probability is 0; of any shape."""
    logs: np.ndarray = np.log(np.maximum(probabilities, TINY))
    return logs


def combine(opinions: list[np.ndarray]) -> np.ndarray:
    """Pool the predictions of several models; each of them, and the result: [n, region]."""
    logs = [log_probabilities(opinion) for opinion in opinions]
    pooled: np.ndarray = softmax(np.mean(logs, axis=0), axis=1)
    return pooled


def combine_segments(probabilities: np.ndarray, songs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pool the predictions of each song's segments.

    Args:
        probabilities: [segment, region].
        songs: id of each segment's song, [segment].

    Returns:
        The ids, sorted, [song], and their probabilities, [song, region].
    """
    names, song_index = np.unique(songs, return_inverse=True)
    sums = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(sums, song_index, log_probabilities(probabilities))
    return names, softmax(sums / np.bincount(song_index)[:, None], axis=1)
