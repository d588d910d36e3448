"""A stack of dense layers on the flattened coefficients, as in tutorials."""

from typing import TYPE_CHECKING

import keras
from keras import layers

from musicregion.config.model_sections import DenseDeep
from musicregion.models import search_space

if TYPE_CHECKING:
    import optuna


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: DenseDeep
) -> keras.Model:
    """shape: (time, coefficient) of a segment. The network returns probabilities [n, region]."""
    model = keras.Sequential([keras.Input(shape), normalise, layers.Flatten()])
    for units in params.units:
        l2 = keras.regularizers.L2(params.l2)
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=l2))
        model.add(layers.Dropout(params.dropout))
    model.add(layers.Dense(regions, activation="softmax"))
    return model


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    first = trial.suggest_categorical("dense_deep.first", [64, 128, 256, 512])
    depth = trial.suggest_int("dense_deep.layers", 1, 3)
    return search_space.training_search_space(trial) | {
        "dense_deep.units": [first >> index for index in range(depth)],  # each half as wide
        "dense_deep.l2": trial.suggest_float("dense_deep.l2", 1e-5, 1e-2, log=True),
        "dense_deep.dropout": trial.suggest_float("dense_deep.dropout", 0, 0.7),
    }
