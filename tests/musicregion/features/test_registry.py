import pickle
from typing import get_args

import numpy as np
import pytest
import soundfile

from musicregion.config import params
from musicregion.features.registry import KINDS
from tests.conftest import RATE, tone


def test_every_kind_of_params_yaml_is_registered():
    assert set(KINDS) == set(get_args(params.Params.model_fields["features"].annotation))


@pytest.mark.parametrize("name", KINDS)
def test_a_song_can_be_extracted_in_another_process(name):
    assert callable(pickle.loads(pickle.dumps(KINDS[name].extract_song)))


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.compute_window])
def test_a_song_has_the_features_of_each_of_its_windows(name, tmp_path):
    waves = [tone(1, 300), tone(1, 900)]
    soundfile.write(tmp_path / "song.flac", np.concatenate(waves), RATE, "PCM_16")
    settings = getattr(params.load(), name)
    front_end = KINDS[name].make_front_end(RATE, RATE, settings)
    song = KINDS[name].extract_song(tmp_path / "song.flac", 2, front_end, settings)
    windows = np.split(soundfile.read(tmp_path / "song.flac", dtype="float32")[0], 2)
    assert song.dtype == np.float32
    for features, window in zip(song, windows, strict=True):
        assert np.array_equal(features, KINDS[name].compute_window(window, front_end, settings))
