"""A support vector machine with an RBF kernel on statistics of a song."""

from typing import TYPE_CHECKING

from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from musicregion.config.model_sections import Svm
from musicregion.models import scaling

if TYPE_CHECKING:
    import optuna


def members(
    params: Svm, seed: int, segments_shape: tuple[int, int], kind: str
) -> dict[str, Pipeline]:
    """A pipeline of statistics of songs [song, statistic]."""
    return {"song": make_pipeline(*scaling.scaling_steps(), SVC(C=params.c))}


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    return {"svm.c": trial.suggest_float("svm.c", 0.1, 1000, log=True)}
