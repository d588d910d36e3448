"""A dense layer on each frame alone, and the mean of its activations over time.

For pretrained features such as musicnn's: what is left to learn is which of them tell the regions
apart, not how one moment follows another.
"""

from typing import TYPE_CHECKING

import keras
from keras import layers, ops

from musicregion.config.model_sections import BagOfFrames
from musicregion.models import search_space

if TYPE_CHECKING:
    import optuna


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: BagOfFrames
) -> keras.Model:
    """shape: (time, channel) of a segment. The network returns probabilities [n, region]."""
    inputs = keras.Input(shape)
    frames = layers.Dropout(params.dropout)(normalise(inputs))
    frames = layers.Dense(params.units, activation="relu")(frames)
    frames = layers.BatchNormalization(momentum=0.9)(frames)
    pooled = layers.Dropout(params.dropout)(ops.mean(frames, axis=1))
    return keras.Model(inputs, layers.Dense(regions, activation="softmax")(pooled))


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    return search_space.training_search_space(trial) | {
        "bag_of_frames.units": trial.suggest_int("bag_of_frames.units", 25, 800, log=True),
        "bag_of_frames.dropout": trial.suggest_float("bag_of_frames.dropout", 0, 0.8),
    }
