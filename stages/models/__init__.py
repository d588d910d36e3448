"""The models, each a short function that is named by what it returns.

build(shape, regions, normalise, params): a Keras network, which hears segments.
members(params, seed, segments): estimators of scikit-learn, which hear songs' or segments'
statistics.
space(trial): what a search may try, as changes of params by dotted key; see stages.tune.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna
    from sklearn.base import TransformerMixin

FAINT = 1e-12  # variance, below which a statistic is what float32 leaves of nothing


def scaling() -> "list[TransformerMixin]":
    """The first steps of every estimator: columns of mean 0 and variance 1.

    A channel that is never heard has statistics that are rounding errors, others on every machine.
    Scaled up to variance 1 they would decide: they are left out.
    """
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.preprocessing import StandardScaler

    return [VarianceThreshold(FAINT), StandardScaler()]


def module(name: str) -> ModuleType:
    """The module of a model, by its name in params.yaml; imports TensorFlow where it is used."""
    return import_module(f"stages.models.{name}")


def has_epochs(name: str) -> bool:
    """Whether a model learns epoch by epoch: a network does."""
    return hasattr(module(name), "build")


def pace(trial: "optuna.Trial") -> dict[str, object]:
    """What a search may try of train's params, for every network."""
    return {
        "train.learning_rate": trial.suggest_float("train.learning_rate", 1e-4, 1e-2, log=True),
        "train.batch": trial.suggest_categorical("train.batch", [16, 32, 64]),
    }
