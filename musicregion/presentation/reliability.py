"""The reliability diagram as a picture's points: how often predictions of a confidence are right.

Guo et al. 2017, "On calibration of modern neural networks".
"""

from dataclasses import dataclass

import numpy as np

from musicregion.models.calibration import confidence_bins, expected_calibration_error


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same confidence."""

    count: int
    confidence: float  # mean
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """Calibrated predictions of songs or segments."""

    error: float  # expected calibration error
    bins: list[Bin]


def measure_reliability(probabilities: np.ndarray, actual: np.ndarray) -> Reliability:
    """probabilities: calibrated, [n, region]; actual: int [n]."""
    bins = [
        Bin(round(share * len(actual)), confidence, accuracy)
        for share, confidence, accuracy in confidence_bins(probabilities, actual).tolist()
        if share
    ]
    return Reliability(expected_calibration_error(probabilities, actual), bins)
