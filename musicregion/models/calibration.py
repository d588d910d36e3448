"""Calibrates probabilities: of predictions made with confidence 0.8, 80 % should be correct."""

import numpy as np
from scipy.special import log_softmax, softmax

from musicregion.models import opinion_pool

BINS = 10  # of confidence, equally wide


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities [n, region], flattened by a temperature above 1, sharpened by one below."""
    scaled: np.ndarray = softmax(
        opinion_pool.log_probabilities(probabilities) / temperature, axis=1
    )
    return scaled


def fit_temperature(probabilities: np.ndarray, actual: np.ndarray) -> float:
    """The temperature that maximises the likelihood of the true regions.

    Guo et al. 2017, section 4.2. A weak prior, log T ~ N(0, 1), keeps the temperature away from 0
    where all of a few songs are classified correctly.

    probabilities: [n, region]; actual: int [n]; both of songs or segments not trained on.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and not needed for predictions

    logs = opinion_pool.log_probabilities(probabilities)

    def loss(log_temperature: float) -> float:
        scores = log_softmax(logs / np.exp(log_temperature), axis=1)
        return float(log_temperature**2 / 2 - scores[np.arange(len(actual)), actual].sum())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20))).x))


def confidence_bins(probabilities: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Share of the predictions, mean confidence and accuracy of each bin, [bin, 3].

    probabilities: [n, region]; actual: int [n].
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == actual
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    divisor = np.maximum(count, 1)  # an empty bin is 0, not NaN
    return np.stack(
        [
            count / len(actual),
            np.bincount(bins, confidence, BINS) / divisor,
            np.bincount(bins, correct, BINS) / divisor,
        ],
        axis=1,
    )


def expected_calibration_error(probabilities: np.ndarray, actual: np.ndarray) -> float:
    """Mean distance of confidence from accuracy, over predictions (Naeini et al. 2015).

    probabilities: [n, region]; actual: int [n].
    """
    share, confidence, accuracy = confidence_bins(probabilities, actual).T
    return float((share * abs(confidence - accuracy)).sum())
