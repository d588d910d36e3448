from pathlib import Path

import numpy as np
import pytest

from benchmarks.musicnn_tensorflow import build_network
from musicregion.features import musicnn_network
from musicregion.storage import paths
from tests.conftest import require_weights

REFERENCE = np.load(
    Path(__file__).parents[1]
    / "musicregion/features/musicnn_reference.npz"  # see test_musicnn_graph
)


def test_the_network_in_keras_has_the_outputs_of_the_original():
    weights = musicnn_network.load_weights(require_weights(paths.MUSICNN_WEIGHTS))
    model = build_network(weights["MSD"])
    patches = (REFERENCE["patches"] / np.float32(50)).astype("float32")
    activations, tags = (np.asarray(part) for part in model(patches))
    assert activations[:, :753] == pytest.approx(REFERENCE["mean"], rel=1e-4, abs=1e-4)
    assert activations[:, 753:] == pytest.approx(REFERENCE["maximum"], rel=1e-4, abs=1e-3)
    assert tags == pytest.approx(REFERENCE["tags"], abs=1e-5)
