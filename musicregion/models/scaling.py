"""Scales statistics before an estimator."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.base import TransformerMixin


MIN_VARIANCE = 1e-12  # below it, a statistic is nothing but rounding error of float32


def scaling_steps() -> "list[TransformerMixin]":
    """The first steps of every pipeline: columns with mean 0 and variance 1.

    The statistics of a silent channel are rounding errors, which differ between machines. Scaled
    to variance 1 they would count as much as any other, so they are dropped.
    """
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.preprocessing import StandardScaler

    return [VarianceThreshold(MIN_VARIANCE), StandardScaler()]
