"""A support vector machine with a radial kernel on a song's pooled statistics."""

from typing import TYPE_CHECKING

from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from musicregion.config.model_sections import Svm
from musicregion.models import scaling

if TYPE_CHECKING:
    import optuna


def members(params: Svm, seed: int, segments: tuple[int, int]) -> dict[str, Pipeline]:
    """An estimator of songs' statistics [song, statistic]."""
    return {"song": make_pipeline(*scaling.scaling_steps(), SVC(C=params.c))}


def space(trial: "optuna.Trial") -> dict[str, object]:
    """What a search may try."""
    return {"svm.c": trial.suggest_float("svm.c", 0.1, 1000, log=True)}
