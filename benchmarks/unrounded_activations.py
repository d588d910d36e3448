"""`python -m benchmarks.unrounded_activations FOLDER NETWORK FILE`, for benchmarks.processors.

Reads windows.npy [segment, sample] and the front end in FOLDER, and writes the activations of one
patch of each segment, [segment, channel], to FILE.
"""

import sys
from pathlib import Path

import numpy as np

from musicregion.features.front_end import load_front_end
from musicregion.features.musicnn import load_network, mel_patches
from musicregion.storage.paths import features_front_end


def main(folder: Path, network: Path, file: Path) -> None:
    front_end = load_front_end(features_front_end("musicnn", folder))
    compute = load_network(network)
    windows = np.load(folder / "windows.npy")
    np.save(file, [compute(mel_patches(window, front_end, 1)[0]) for window in windows])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
