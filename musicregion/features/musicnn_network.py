"""Fetches the weights of musicnn, a network pretrained to tag music, and builds it in Keras.

J. Pons and X. Serra, musicnn: pre-trained convolutional neural networks for music audio tagging,
2019; ISC licence. The same network twice: MSD was trained on the Million Song Dataset, MTT on
MagnaTagATune. The package's wheel is fetched for its checkpoints alone; it is neither installed
nor imported.
"""

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicregion.storage import wheel
from musicregion.storage.files import writing

if TYPE_CHECKING:
    import keras

PACKAGE = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
ALTERNATIVE = "use features: mfcc"
CHECKPOINTS = {"MSD": "musicnn/MSD_musicnn/", "MTT": "musicnn/MTT_musicnn/"}
FRAMES, BANDS = 187, 96  # of a patch of 3 s


def load_weights(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """The variables of each checkpoint, by name; fetched first if `path` (.npz) does not exist.

    Raises:
        DownloadError: the weights cannot be fetched.
    """
    if not path.is_file():
        import tensorflow as tf

        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            with zipfile.ZipFile(
                wheel.fetch_wheel(PACKAGE, SHA256, folder, ALTERNATIVE)
            ) as archive:
                archive.extractall(folder)
            values = {}
            for network, prefix in CHECKPOINTS.items():
                # its files are named .index and .data-…: the checkpoint's prefix is the bare folder
                reader = tf.compat.v1.train.NewCheckpointReader(f"{folder / prefix}/")
                for name in sorted(reader.get_variable_to_shape_map()):
                    if "/" in name and "/Adam" not in name:  # the others are the optimizer's
                        values[f"{network}/{name}"] = reader.get_tensor(name)
        with writing(path) as part, part.open("wb") as file:
            np.savez(file, **values)
    weights: dict[str, dict[str, np.ndarray]] = {}
    with np.load(path) as arrays:
        for name, value in arrays.items():
            network, _, variable = name.partition("/")
            weights.setdefault(network, {})[variable] = value
    return weights


def build_network(weights: dict[str, np.ndarray]) -> "keras.Model":
    """The network: [patch, 187 frames, 96 bands] to activations [patch, 1506], tags [patch, 50].

    The activations are the mean, then the maximum, over time of the front end (561 channels) and
    of the three middle layers (64 each).
    """
    import keras
    from keras import layers, ops

    def numbered(kind: str, number: int) -> str:
        return f"{kind}_{number}" if number else kind

    def normalised(tensor: "keras.KerasTensor", number: int) -> "keras.KerasTensor":
        layer = layers.BatchNormalization(epsilon=1e-3)
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
