"""The rebuilt networks against stored outputs of the original one, see musicnn_reference.npz there.

Two patches (times 50, as bytes) and what the original TensorFlow 1 graph of the package computes
from them: mean and maximum of its activations, and tags.
"""

from pathlib import Path

import numpy as np
import pytest

from musicregion.features import musicnn_graph, musicnn_network
from musicregion.models.onnx_model import OnnxModel
from musicregion.storage import paths
from tests.conftest import require_weights

REFERENCE = np.load(Path(__file__).parent / "musicnn_reference.npz")


@pytest.fixture(scope="module")
def networks():
    return musicnn_network.load_weights(require_weights(paths.MUSICNN_WEIGHTS))


def test_the_graph_has_the_activations_of_the_original(networks, tmp_path):
    musicnn_graph.write_graph([networks["MTT"], networks["MSD"]], tmp_path / "graph.onnx")
    patches = (REFERENCE["patches"] / np.float32(50)).astype("float32")
    activations = OnnxModel(tmp_path / "graph.onnx", threads=1).predict_proba(patches)
    assert activations.shape == (2, 2 * 1506)
    _, msd = np.split(activations, 2, axis=1)
    assert msd[:, :753] == pytest.approx(REFERENCE["mean"], rel=1e-4, abs=1e-4)
    assert msd[:, 753:] == pytest.approx(REFERENCE["maximum"], rel=1e-4, abs=1e-3)


def test_equal_networks_are_equal_files(networks, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        musicnn_graph.write_graph([networks["MSD"]], tmp_path / name / "graph.onnx")
    first, second = (tmp_path / name / "graph.onnx" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()
