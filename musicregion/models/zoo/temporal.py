"""Convolutions over time alone, pooled by statistics over time instead of flattened.

A flattened input lets the network learn when something happens within a window, which is chance.
Mean, deviation and maximum do not depend on where the window was cut.
"""

from typing import TYPE_CHECKING

import keras
from keras import layers, ops

from musicregion.config.model_sections import Temporal
from musicregion.models import search_space

if TYPE_CHECKING:
    import optuna


def pool_over_time(frames: "keras.KerasTensor") -> "keras.KerasTensor":
    """[time, channel] → mean, standard deviation and maximum over time, [3 × channel].

    Operations instead of a custom layer, so that Keras can load the network anywhere.
    """
    # without the constant, the square root has an infinite gradient where a channel is silent
    deviation = ops.sqrt(ops.var(frames, axis=1) + 1e-4)
    return ops.concatenate([ops.mean(frames, axis=1), deviation, ops.max(frames, axis=1)], axis=1)


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: Temporal
) -> keras.Model:
    """shape: (time, channel) of a segment. The network returns probabilities [n, region]."""
    inputs = keras.Input(shape)
    outputs = normalise(inputs)
    if shape[0] >= params.frames * 8:
        outputs = layers.AveragePooling1D(params.frames)(outputs)
    for block, filters in enumerate(params.filters):
        block_input = outputs
        outputs = layers.Conv1D(filters, params.kernel, padding="same", use_bias=False)(outputs)
        outputs = layers.BatchNormalization(momentum=0.9)(outputs)
        outputs = layers.ReLU()(outputs)
        if block_input.shape[-1] == filters:
            outputs = layers.Add()([block_input, outputs])
        if block + 1 < len(params.filters) and outputs.shape[1] > 1:
            outputs = layers.MaxPooling1D(2)(outputs)
    outputs = layers.BatchNormalization(momentum=0.9)(pool_over_time(outputs))
    outputs = layers.Dropout(params.dropout)(outputs)
    return keras.Model(inputs, layers.Dense(regions, activation="softmax")(outputs))


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    width = trial.suggest_categorical("temporal.width", [32, 64, 96, 128])
    blocks = trial.suggest_int("temporal.blocks", 1, 4)
    return search_space.training_search_space(trial) | {
        "temporal.filters": [width] * blocks,
        "temporal.kernel": trial.suggest_categorical("temporal.kernel", [3, 5, 7]),
        "temporal.dropout": trial.suggest_float("temporal.dropout", 0, 0.7),
    }
