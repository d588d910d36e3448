"""Rounding that makes results equal on every processor.

Libraries choose their routines by the processor, and the last bits of a logarithm, a cosine or a
matrix product differ between them: by some 1e-16 of a float64. Rounded to a step that is far
coarser, the numbers are equal. (Sums, products, roots and scipy's Fourier transform have no such
choice.)
"""

import numpy as np


def round_to(values: np.ndarray, step: float) -> np.ndarray:
    """The nearest multiples of a step, which is a power of two, so that they are exact."""
    rounded: np.ndarray = np.rint(values / step) * step + 0.0  # no -0.0, which is other bytes
    return rounded
