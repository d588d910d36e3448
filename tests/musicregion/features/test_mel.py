import librosa
import numpy as np
import pytest

from musicregion.features import spectral


@pytest.mark.parametrize(
    ("sample_rate", "n_fft", "mel_bands"),
    [(22_050, 2048, 128), (16_000, 512, 40), (44_100, 4096, 64), (1500, 256, 20)],
)
def test_the_mel_filters_are_librosas(sample_rate, n_fft, mel_bands):
    theirs = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=mel_bands)
    assert spectral.mel_filters(sample_rate, n_fft, mel_bands) == pytest.approx(theirs, abs=1e-7)


def test_the_power_is_librosas():
    wave = (np.random.default_rng(0).standard_normal(32_000) * 0.1).astype("float32")
    theirs = librosa.feature.melspectrogram(
        y=wave, sr=16_000, n_fft=512, hop_length=256, n_mels=96
    ).T
    ours = spectral.mel_power(wave, 16_000, 512, 256, 96)
    assert ours.shape == theirs.shape
    assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-6)


def test_decibels_span_80_at_most():
    level = spectral.power_to_db(np.array([[1.0, 1e-3, 1e-12]]))
    assert level.tolist() == [[0, -30, -80]]
