import numpy as np
import pytest

from musicregion.features.musicnn_network import BANDS, FRAMES
from musicregion.features.onnx_graph import GraphBuilder
from musicregion.features.timbral_filters import band_spectrum, filter_maxima
from musicregion.models.onnx_model import OnnxModel


def direct_maxima(mel, kernel):
    """The same by definition: [channel, frame], of mel [frame, band]."""
    frames, height, _ = kernel.shape
    padded = np.pad(mel, ((frames // 2, frames // 2), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (frames, height))
    return np.einsum("tpfh,fhc->ctp", views, kernel).max(axis=2)


@pytest.mark.parametrize("height", [38, 67])  # an odd and an even number of positions
def test_maxima_are_those_of_the_filters_at_every_band(tmp_path, height):
    random = np.random.default_rng(height)
    kernel = random.normal(size=(7, height, 60))
    mel = random.normal(size=(2, FRAMES, BANDS)).astype("float32")
    graph = GraphBuilder()
    maxima = filter_maxima(graph, band_spectrum(graph, "input"), kernel)
    graph.write(tmp_path / "filters.onnx", (FRAMES, BANDS), graph.apply("Flatten", maxima))
    computed = OnnxModel(tmp_path / "filters.onnx", 1).predict_proba(mel)
    expected = [direct_maxima(patch, kernel).ravel() for patch in mel]
    assert computed == pytest.approx(np.array(expected), abs=1e-3)
