"""2-D convolutions over time and coefficients, as over an image with one channel."""

from typing import TYPE_CHECKING

import keras
from keras import layers

from musicregion.config.model_sections import Cnn
from musicregion.models import search_space

if TYPE_CHECKING:
    import optuna


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: Cnn
) -> keras.Model:
    """shape: (time, coefficient) of a segment. The network returns probabilities [n, region]."""
    model = keras.Sequential([keras.Input(shape), normalise, layers.Reshape((*shape, 1))])
    for filters in params.filters:
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(3, strides=2, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.Flatten())
    model.add(layers.Dense(params.units, activation="relu"))
    model.add(layers.Dropout(params.dropout))
    model.add(layers.Dense(regions, activation="softmax"))
    return model


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    width = trial.suggest_categorical("cnn.width", [16, 32, 64])
    blocks = trial.suggest_int("cnn.blocks", 2, 4)
    return search_space.training_search_space(trial) | {
        "cnn.filters": [width] * blocks,
        "cnn.units": trial.suggest_categorical("cnn.units", [32, 64, 128]),
        "cnn.dropout": trial.suggest_float("cnn.dropout", 0, 0.7),
    }
