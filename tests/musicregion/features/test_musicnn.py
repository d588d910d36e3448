import os
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from musicregion.config import params
from musicregion.errors import ModelError
from musicregion.features import musicnn
from musicregion.features.kind import extract_song
from musicregion.storage import paths
from tests.conftest import RATE, REPOSITORY, require_weights, tone

SETTINGS = params.load().musicnn
FRONT_END = musicnn.musicnn_front_end(RATE, 10 * RATE, SETTINGS)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    shutil.copy(require_weights(paths.MUSICNN_WEIGHTS), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "MUSICNN_WEIGHTS", folder / paths.MUSICNN_WEIGHTS.name)
        return musicnn.make_network(SETTINGS)


def test_a_song_gives_activations_that_do_not_depend_on_neighbours(network, tmp_path):
    quiet, loud = tone(10, 300) / 50, tone(10, 900)
    for name, waves in (("both", (quiet, loud)), ("quiet", (quiet,))):
        soundfile.write(tmp_path / f"{name}.flac", np.concatenate(waves), RATE, "PCM_16")
    arguments = FRONT_END, SETTINGS, network
    together = extract_song(musicnn.compute_song, tmp_path / "both.flac", 2, *arguments)
    alone = extract_song(musicnn.compute_song, tmp_path / "quiet.flac", 1, *arguments)
    assert (together.shape, together.dtype) == ((2, 3, 3012), np.float32)
    assert np.array_equal(together[0], alone[0])
    assert np.isfinite(together).all()
    assert np.abs(together[0] - together[1]).max() > 0.1


def test_a_damaged_network_is_named(tmp_path):
    (tmp_path / "musicnn.onnx").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match=r"musicnn\.onnx: damaged"):
        musicnn.load_network(tmp_path / "musicnn.onnx")


def test_patches_reach_from_end_to_end():
    three = musicnn.mel_patches(tone(10), FRONT_END, 3)
    assert three.shape == (3, 187, 96)
    assert three.dtype == np.float32
    five = musicnn.mel_patches(tone(10), FRONT_END, 5)
    assert np.array_equal(three[0], five[0])
    assert np.array_equal(three[-1], five[-1])


def test_a_short_segment_is_looped():
    patches = musicnn.mel_patches(tone(1), FRONT_END, 2)
    assert patches.shape == (2, 187, 96)
    assert np.array_equal(patches[0][:63], patches[0][63:126])


def test_loud_music_stays_finite():
    assert np.isfinite(musicnn.mel_patches(tone(3) * 1000, FRONT_END, 1)).all()


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
