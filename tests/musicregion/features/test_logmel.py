import librosa
import pytest

from musicregion.config import params
from musicregion.features.spectral import logmel, logmel_front_end
from tests.conftest import RATE, tone


def test_equal_to_librosa():
    settings = params.load().logmel
    ours = logmel(tone(3), logmel_front_end(RATE, 3 * RATE, settings), settings)
    power = librosa.feature.melspectrogram(
        y=tone(3),
        sr=RATE,
        n_fft=settings.n_fft,
        hop_length=settings.hop_length,
        n_mels=settings.mel_bands,
    )
    assert ours.dtype == "float32"
    assert ours == pytest.approx(librosa.power_to_db(power).T, abs=1e-3)
