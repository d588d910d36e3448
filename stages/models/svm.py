"""A support vector machine with a radial kernel on a song's pooled statistics."""

from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from stages.sections import Svm


def members(params: Svm, seed: int, segments: tuple[int, int]) -> dict[str, Pipeline]:
    """An estimator of songs' statistics [song, statistic]."""
    return {"song": make_pipeline(StandardScaler(), SVC(C=params.c))}
