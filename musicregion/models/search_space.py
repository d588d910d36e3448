"""What a search may try of the params that all networks share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna


def training_search_space(trial: "optuna.Trial") -> dict[str, object]:
    """What a search may try of train's params, for every network."""
    return {
        "train.learning_rate": trial.suggest_float("train.learning_rate", 1e-4, 1e-2, log=True),
        "train.batch": trial.suggest_categorical("train.batch", [16, 32, 64]),
    }
