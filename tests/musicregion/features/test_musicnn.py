"""The rebuilt network against stored outputs of the original one.

musicnn_reference.npz: two patches (times 50, as bytes) and what the original TensorFlow 1 graph of
the package computes from them: mean and maximum of its activations, and tags.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicregion.config import params
from musicregion.features import musicnn, musicnn_network
from musicregion.models import onnx_export
from musicregion.models.onnx_model import OnnxModel
from musicregion.storage import paths
from tests.conftest import RATE, REPOSITORY, require_weights, tone

SETTINGS = params.load().musicnn
FRONT_END = musicnn.musicnn_front_end(RATE, 10 * RATE, SETTINGS)
REFERENCE = np.load(Path(__file__).parent / "musicnn_reference.npz")


@pytest.fixture(scope="module")
def weights():
    return require_weights(paths.MUSICNN_WEIGHTS)


def test_the_rebuilt_network_has_the_outputs_of_the_original(weights):
    model = musicnn_network.build_network(musicnn_network.load_weights(weights)["MSD"])
    patches = (REFERENCE["patches"] / np.float32(50)).astype("float32")
    activations, tags = (np.asarray(part) for part in model(patches))
    assert activations[:, :753] == pytest.approx(REFERENCE["mean"], rel=1e-4, abs=1e-4)
    assert activations[:, 753:] == pytest.approx(REFERENCE["maximum"], rel=1e-4, abs=1e-3)
    assert tags == pytest.approx(REFERENCE["tags"], abs=1e-5)


def test_a_song_gives_activations_that_do_not_depend_on_neighbours(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MUSICNN_WEIGHTS", weights)
    quiet, loud = tone(10, 300) / 50, tone(10, 900)
    for name, waves in (("both", (quiet, loud)), ("quiet", (quiet,))):
        soundfile.write(tmp_path / f"{name}.flac", np.concatenate(waves), RATE, "PCM_16")
    together = musicnn.extract_song(tmp_path / "both.flac", 2, FRONT_END, SETTINGS)
    alone = musicnn.extract_song(tmp_path / "quiet.flac", 1, FRONT_END, SETTINGS)
    assert (together.shape, together.dtype) == ((2, 3, 3012), np.float32)
    assert np.abs(together[0] - alone[0]).max() <= musicnn.STEP
    assert np.isfinite(together).all()
    assert np.abs(together[0] - together[1]).max() > 0.1


def test_its_export_has_the_same_outputs(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MUSICNN_WEIGHTS", weights)
    onnx_export.export_musicnn(SETTINGS.networks, tmp_path / "patches.onnx")
    patches = musicnn.mel_patches(tone(10, 500), RATE, FRONT_END, 3)
    exported = OnnxModel(tmp_path / "patches.onnx", threads=1).predict_proba(patches)
    expected = np.asarray(musicnn.activation_function(SETTINGS.networks)(patches))
    assert exported == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_patches_reach_from_end_to_end():
    three = musicnn.mel_patches(tone(10), RATE, FRONT_END, 3)
    assert three.shape == (3, 187, 96)
    assert three.dtype == np.float32
    five = musicnn.mel_patches(tone(10), RATE, FRONT_END, 5)
    assert np.array_equal(three[0], five[0])
    assert np.array_equal(three[-1], five[-1])


def test_a_short_segment_is_looped():
    patches = musicnn.mel_patches(tone(1), RATE, FRONT_END, 2)
    assert patches.shape == (2, 187, 96)
    assert np.array_equal(patches[0][:63], patches[0][63:126])


def test_loud_music_stays_finite():
    assert np.isfinite(musicnn.mel_patches(tone(3) * 1000, RATE, FRONT_END, 1)).all()


def fetch(folder, **environment):
    """Run the command that fetches the weights, in a folder of its own."""
    return subprocess.run(
        ["musicregion", "fetch-weights"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_an_unreachable_package_index_is_one_clear_sentence(tmp_path):
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    done = fetch(tmp_path, PIP_CONFIG_FILE=os.devnull, PIP_EXTRA_INDEX_URL="", **unreachable)
    assert done.returncode == 1
    assert "could not fetch musicnn==0.1.0" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / paths.MUSICNN_WEIGHTS).exists()


@pytest.mark.slow
def test_a_wheel_with_another_hash_is_refused(tmp_path):
    wheel = tmp_path / "wheels/musicnn-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"PK not the weights")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent)}
    done = fetch(tmp_path, PIP_CONFIG_FILE=os.devnull, **offline)
    assert done.returncode == 1
    assert "that is not the known one" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / paths.MUSICNN_WEIGHTS).exists()
