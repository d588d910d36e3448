"""The search space of train's params, which all networks share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna


def training_search_space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest values of train's params, by dotted key."""
    return {
        "train.learning_rate": trial.suggest_float("train.learning_rate", 1e-4, 1e-2, log=True),
        "train.batch": trial.suggest_categorical("train.batch", [16, 32, 64]),
    }
