"""Logistic regression on a song's pooled statistics."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from stages.sections import Logistic


def members(params: Logistic, seed: int, segments: tuple[int, int]) -> dict[str, Pipeline]:
    """An estimator of songs' statistics [song, statistic]."""
    return {"song": make_pipeline(StandardScaler(), LogisticRegression(C=params.c, max_iter=5000))}
