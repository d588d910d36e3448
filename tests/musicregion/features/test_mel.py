import librosa
import numpy as np
import pytest

from musicregion.features import spectral
from musicregion.features.front_end import load_front_end, make_front_end
from tests.conftest import RATE

FRONT_END = make_front_end(16_000, 512, 96)


def test_the_power_is_librosas():
    wave = (np.random.default_rng(0).standard_normal(32_000) * 0.1).astype("float32")
    theirs = librosa.feature.melspectrogram(
        y=wave, sr=16_000, n_fft=512, hop_length=256, n_mels=96
    ).T
    ours = spectral.mel_power(wave, FRONT_END, 256)
    assert ours.shape == theirs.shape
    assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-6)


def test_decibels_span_80_at_most():
    level = spectral.power_to_db(np.array([[1.0, 1e-3, 1e-12]]))
    assert level.tolist() == [[0, -30, -80]]


def test_the_constants_are_read_as_they_were_written(tmp_path):
    made = make_front_end(RATE, 1024, 40, frames=20, deltas=2)
    made.save(tmp_path / "one.npz")
    made.save(tmp_path / "two.npz")
    read = load_front_end(tmp_path / "one.npz")
    for name, values in vars(made).items():
        assert np.array_equal(vars(read)[name], values)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
