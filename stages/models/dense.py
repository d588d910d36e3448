"""One hidden layer of half the input's size, over the flattened coefficients."""

import keras
from keras import layers

from stages.sections import Dense


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: Dense
) -> keras.Model:
    """shape: (time, coefficient) of a segment. The output is a probability for each region."""
    return keras.Sequential(
        [
            keras.Input(shape),
            normalise,
            layers.Flatten(),
            layers.Dense(
                shape[0] * shape[1] // 2,
                activation="relu",
                kernel_regularizer=keras.regularizers.L2(params.l2),
            ),
            layers.Dropout(params.dropout),
            layers.Dense(regions, activation="softmax"),
        ]
    )
