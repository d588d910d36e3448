import pickle

import numpy as np
import pytest
import soundfile

from musicregion.config import feature_sections, params
from musicregion.features.kind import extract_song
from musicregion.features.registry import KINDS
from tests.conftest import RATE, tone


def test_every_kind_of_params_yaml_is_registered():
    assert set(KINDS) == set(feature_sections.KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_song_can_be_extracted_in_another_process(name):
    assert callable(pickle.loads(pickle.dumps(KINDS[name].compute_song)))


@pytest.mark.parametrize("name", ["logmel", "mfcc"])
def test_a_song_has_the_features_of_each_of_its_windows(name, tmp_path):
    waves = [tone(1, 300), tone(1, 900)]
    soundfile.write(tmp_path / "song.flac", np.concatenate(waves), RATE, "PCM_16")
    settings = getattr(params.load(), name)
    front_end = KINDS[name].make_front_end(RATE, RATE, settings)
    compute_song = KINDS[name].compute_song
    song = extract_song(compute_song, tmp_path / "song.flac", 2, front_end, settings, None)
    windows = np.split(soundfile.read(tmp_path / "song.flac", dtype="float32")[0], 2)
    assert song.dtype == np.float32
    for features, window in zip(song, windows, strict=True):
        (alone,) = compute_song(iter([window]), front_end, settings, None)
        assert np.array_equal(features, alone[0])
