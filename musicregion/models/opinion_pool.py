"""Several opinions of one song made one: the mean of log-probabilities, normalised again.

The logarithmic opinion pool (Genest and Zidek 1986): unlike a mean of probabilities, an opinion
that rules a region out counts.
"""

import numpy as np
from scipy.special import softmax

TINY = 1e-7  # probability; keeps a logarithm finite


def log_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Log-probabilities, finite also where a probability is 0."""
    return np.log(np.maximum(probabilities, TINY))


def combine(opinions: list[np.ndarray]) -> np.ndarray:
    """What several models say together; each opinion and the result: [n, region]."""
    return softmax(np.mean([log_probabilities(opinion) for opinion in opinions], axis=0), axis=1)


def combine_segments(probabilities: np.ndarray, songs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a song's segments say together.

    Args:
        probabilities: [segment, region].
        songs: id of each segment's song, [segment].

    Returns:
        The ids, sorted, [song], and their probabilities, [song, region].
    """
    names, place = np.unique(songs, return_inverse=True)
    sums = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(sums, place, log_probabilities(probabilities))
    return names, softmax(sums / np.bincount(place)[:, None], axis=1)
