"""Makes a model's probabilities mean what they say: of answers given with 0.8, 0.8 are right."""

import numpy as np
from scipy.special import log_softmax, softmax

from musicregion.models import opinion_pool

BINS = 10  # of confidence, each as wide
KEPT = 0.95  # share of validation songs whose best answer is above the threshold


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities [n, region], flattened by a temperature above 1, sharpened by one below."""
    return softmax(opinion_pool.log_probabilities(probabilities) / temperature, axis=1)


def fit_temperature(probabilities: np.ndarray, actual: np.ndarray) -> float:
    """The temperature that makes the true regions likeliest (Guo et al. 2017, section 4.2).

    A weak prior, log T ~ N(0, 1), keeps it from certainty where all of a few songs are right.

    probabilities: [n, region]; actual: int [n]; both of songs or segments not trained on.
    """
    from scipy.optimize import minimize_scalar  # slow, and nothing that an answer needs

    logs = opinion_pool.log_probabilities(probabilities)

    def loss(log_temperature: float) -> float:
        scores = log_softmax(logs / np.exp(log_temperature), axis=1)
        return log_temperature**2 / 2 - scores[np.arange(len(actual)), actual].sum()

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20))).x))


def confidence_bins(probabilities: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Per bin of confidence: its share of the answers, mean confidence and accuracy, [bin, 3]."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == actual
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(place, minlength=BINS)
    some = np.maximum(count, 1)
    return np.stack(
        [
            count / len(actual),
            np.bincount(place, confidence, BINS) / some,
            np.bincount(place, right, BINS) / some,
        ],
        axis=1,
    )


def expected_calibration_error(probabilities: np.ndarray, actual: np.ndarray) -> float:
    """Expected calibration error: how far confidence is from accuracy, mean over answers."""
    share, confidence, accuracy = confidence_bins(probabilities, actual).T
    return float((share * abs(confidence - accuracy)).sum())


def rejection_threshold(probabilities: np.ndarray) -> float:
    """The top probability below which a song is "none of these".

    Chosen on validation songs [song, region] so that KEPT of them are above it.
    """
    return float(np.quantile(probabilities.max(axis=1), 1 - KEPT))


def open_set_auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """How well the top probability tells known songs from songs of no region: 0.5 is chance.

    known, unknown: probabilities [song, region]. Hendrycks and Gimpel 2017.
    """
    from sklearn.metrics import roc_auc_score

    confidence = np.concatenate([known.max(axis=1), unknown.max(axis=1)])
    return float(roc_auc_score(np.arange(len(confidence)) < len(known), confidence))
