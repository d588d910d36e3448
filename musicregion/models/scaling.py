"""Scales statistics before an estimator."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.base import TransformerMixin


FAINT = 1e-12  # variance, below which a statistic is what float32 leaves of nothing


def scaling_steps() -> "list[TransformerMixin]":
    """The first steps of every estimator: columns of mean 0 and variance 1.

    A channel that is never heard has statistics that are rounding errors, others on every machine.
    Scaled up to variance 1 they would decide: they are left out.
    """
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.preprocessing import StandardScaler

    return [VarianceThreshold(FAINT), StandardScaler()]
