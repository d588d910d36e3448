"""The tutorials' network: a stack of dense layers over the flattened coefficients."""

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
    """shape: (time, coefficient) of a segment. The output is a probability for each region."""
    model = keras.Sequential([keras.Input(shape), normalise, layers.Flatten()])
    for units in params.units:
        l2 = keras.regularizers.L2(params.l2)
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=l2))
        model.add(layers.Dropout(params.dropout))
    model.add(layers.Dense(regions, activation="softmax"))
    return model


def space(trial: "optuna.Trial") -> dict[str, object]:
    """What a search may try."""
    first = trial.suggest_categorical("dense_deep.first", [64, 128, 256, 512])
    layers_ = trial.suggest_int("dense_deep.layers", 1, 3)
    return search_space.training_search_space(trial) | {
        "dense_deep.units": [first >> place for place in range(layers_)],  # each half as wide
        "dense_deep.l2": trial.suggest_float("dense_deep.l2", 1e-5, 1e-2, log=True),
        "dense_deep.dropout": trial.suggest_float("dense_deep.dropout", 0, 0.7),
    }
