"""Logistic regression on statistics of a song."""

from typing import TYPE_CHECKING

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from musicregion.config.model_sections import Logistic
from musicregion.models import scaling

if TYPE_CHECKING:
    import optuna


def members(
    params: Logistic, seed: int, segments_shape: tuple[int, int], kind: str
) -> dict[str, Pipeline]:
    """A pipeline of statistics of songs [song, statistic]."""
    return {
        "song": make_pipeline(
            *scaling.scaling_steps(), LogisticRegression(C=params.c, max_iter=5000)
        )
    }


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    return {"logistic.c": trial.suggest_float("logistic.c", 1e-4, 10, log=True)}
