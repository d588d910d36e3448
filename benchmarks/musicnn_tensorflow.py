"""`python -m benchmarks.musicnn_tensorflow FILE`: musicnn's features with the network in Keras.

Reads data/segments and segments.csv, as the stage features does, and writes the array to FILE.
This is what benchmarks.extract compares the stage with, and where the networks' last layers are.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicregion.audio.rounding import round_to
from musicregion.audio.windows import read_windows
from musicregion.command import run
from musicregion.config import params
from musicregion.features import musicnn, musicnn_network
from musicregion.features.musicnn_graph import EPSILON, numbered
from musicregion.features.musicnn_network import BANDS, FRAMES, Weights
from musicregion.storage import paths, tables

if TYPE_CHECKING:
    import keras

BATCH = 48  # patches


def build_network(weights: Weights) -> "keras.Model":
    """The network: [patch, 187 frames, 96 bands] to activations [patch, 1506], tags [patch, 50].

    The activations are the mean, then the maximum, over time of the front end (561 channels) and
    of the three middle layers (64 each).
    """
    import keras
    from keras import layers, ops

    def normalised(tensor: "keras.KerasTensor", number: int) -> "keras.KerasTensor":
        layer = layers.BatchNormalization(epsilon=EPSILON)
        result = layer(tensor)
        name = numbered("batch_normalization", number)
        order = ("gamma", "beta", "moving_mean", "moving_variance")
        layer.set_weights([weights[f"{name}/{part}"] for part in order])
        return result

    def filtered(
        tensor: "keras.KerasTensor", layer: "keras.Layer", name: str
    ) -> "keras.KerasTensor":
        result = layer(tensor)
        shape = layer.get_weights()[0].shape
        layer.set_weights([weights[f"{name}/kernel"].reshape(shape), weights[f"{name}/bias"]])
        return result

    mel = keras.Input((FRAMES, BANDS))
    image = normalised(layers.Reshape((FRAMES, BANDS, 1))(mel), 0)
    padded = layers.ZeroPadding2D(((3, 3), (0, 0)))(image)
    front = []
    for number in range(5):  # two with timbral filters, high in frequency; three temporal ones
        name = numbered("conv2d", number)
        kernel = weights[f"{name}/kernel"]
        timbral = kernel.shape[1] > 1
        layer = layers.Conv2D(
            kernel.shape[-1],
            kernel.shape[:2],
            padding="valid" if timbral else "same",
            activation="relu",
        )
        filters = filtered(padded if timbral else image, layer, name)
        front.append(ops.max(normalised(filters, number + 1), axis=2))
    middle = [ops.concatenate(front, axis=2)]
    for number in (5, 6, 7):
        layer = layers.Conv1D(64, 7, padding="same", activation="relu")
        result = normalised(filtered(middle[-1], layer, numbered("conv2d", number)), number + 1)
        middle.append(result if number == 5 else result + middle[-1])
    activations = ops.concatenate(middle, axis=2)
    mean, maximum = ops.mean(activations, axis=1), ops.max(activations, axis=1)
    pairs = ops.reshape(ops.stack([maximum, mean], axis=2), (-1, 2 * activations.shape[2]))
    hidden = filtered(normalised(pairs, 9), layers.Dense(200, activation="relu"), "dense")
    tags = filtered(normalised(hidden, 10), layers.Dense(50, activation="sigmoid"), "dense_1")
    return keras.Model(mel, [ops.concatenate([mean, maximum], axis=1), tags])


def all_patches(settings: params.Params) -> Iterator[np.ndarray]:
    """Yield the network's input for each segment, [patch, frame, band]."""
    rate = settings.segment.sample_rate
    samples = round(rate * settings.segment.window)
    front_end = musicnn.musicnn_front_end(rate, samples, settings.musicnn)
    segments = tables.SEGMENTS.read()
    for (region, song), rows in segments.groupby(["region", "song"], sort=False):
        path = paths.SEGMENT_FLACS / region / f"{song}.flac"
        for window, _ in read_windows(path, len(rows)):
            yield musicnn.mel_patches(window, front_end, settings.musicnn.patches)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the array that is written, .npy")
    file = parser.parse_args().file
    import tensorflow as tf

    settings = params.load()
    weights = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    models = [build_network(weights[name]) for name in settings.musicnn.networks]

    @tf.function(input_signature=[tf.TensorSpec((None, FRAMES, BANDS))])
    def compute(batch: tf.Tensor) -> tf.Tensor:
        return tf.concat([model(batch, training=False)[0] for model in models], axis=1)

    blocks, batch = [], []
    for patches in all_patches(settings):
        batch.append(patches)
        if len(batch) * len(patches) >= BATCH:
            blocks.append(np.asarray(compute(np.concatenate(batch))))
            batch = []
    if batch:
        blocks.append(np.asarray(compute(np.concatenate(batch))))
    values = round_to(np.concatenate(blocks), musicnn.STEP)
    np.save(file, values.reshape(-1, settings.musicnn.patches, values.shape[1]))


if __name__ == "__main__":
    run(main)
