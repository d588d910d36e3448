"""The tutorials' network: a stack of dense layers over the flattened coefficients."""

import keras
from keras import layers

from stages.sections import DenseDeep


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
