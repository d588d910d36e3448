import shutil

import numpy as np
import pytest

from benchmarks import noises
from musicregion.errors import InputError
from tests.conftest import RATE
from tests.missing import needs_speech

SYNTHETIC = [kind for kind in noises.KINDS if kind != "speech"]


@pytest.mark.parametrize("kind", SYNTHETIC)
def test_every_kind_is_the_same_again_and_differs_by_number(kind):
    wave = noises.make_noise(kind, 1, RATE)
    assert np.array_equal(wave, noises.make_noise(kind, 1, RATE))
    other = noises.make_noise(kind, 2, RATE)
    assert len(wave) != len(other) or not np.array_equal(wave, other)
    assert noises.SHORTEST <= len(wave) / RATE <= noises.LONGEST
    assert noises.PEAK[0] * 0.99 <= np.abs(wave).max() <= noises.PEAK[1] * 1.01


def power(wave, low, high):
    """Mean power between two frequencies, Hz."""
    frequencies = np.fft.rfftfreq(len(wave), 1 / RATE)
    return (np.abs(np.fft.rfft(wave)) ** 2)[(frequencies >= low) & (frequencies < high)].mean()


def test_pink_noise_has_less_power_in_higher_octaves_and_white_has_not():
    ratios = [
        power(wave, 4000, 8000) / power(wave, 500, 1000)
        for wave in (noises.make_noise(kind, 0, RATE) for kind in ("white", "pink"))
    ]
    assert ratios == pytest.approx([1, 1 / 8], rel=0.1)


def test_beeps_and_applause_pause_and_a_held_note_does_not():
    def loudest_silence(kind):
        wave = noises.make_noise(kind, 0, RATE)
        frames = np.abs(wave[: len(wave) // 1000 * 1000].reshape(-1, 1000)).max(axis=1)
        return frames.min() / frames.max()

    assert loudest_silence("beeps") == 0
    assert loudest_silence("applause") < 0.01
    assert loudest_silence("held_note") > 0.5


@pytest.mark.slow
@needs_speech
def test_speech_is_read_by_espeak():
    wave = noises.make_noise("speech", 0, RATE)
    assert np.array_equal(wave, noises.make_noise("speech", 0, RATE))
    assert power(wave, 100, 4000) > 10 * power(wave, 6000, 10_000)


def test_without_espeak_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="apt install espeak-ng"):
        noises.make_noise("speech", 0, RATE)
