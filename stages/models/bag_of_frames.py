"""Each frame heard for itself, and the mean of what was heard.

For features that have learned to hear, such as musicnn's: what is left to learn is which of it
tells the regions apart, not how one moment follows another.
"""

import keras
from keras import layers, ops

from stages.sections import BagOfFrames


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: BagOfFrames
) -> keras.Model:
    """shape: (time, channel) of a segment. The output is a probability for each region."""
    inputs = keras.Input(shape)
    frames = layers.Dropout(params.dropout)(normalise(inputs))
    frames = layers.Dense(params.units, activation="relu")(frames)
    frames = layers.BatchNormalization(momentum=0.9)(frames)
    heard = layers.Dropout(params.dropout)(ops.mean(frames, axis=1))
    return keras.Model(inputs, layers.Dense(regions, activation="softmax")(heard))
