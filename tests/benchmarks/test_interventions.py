"""Interventions change what their names say, and nothing else."""

import numpy as np
import pytest
import soundfile

from benchmarks import interventions
from benchmarks.interventions import INTERVENTIONS, NEUTRALISED, ORIGINAL, read_excerpt
from tests.conftest import RATE

PITCHES = (40, 440, 9000)  # Hz; below, within and above the band that stays
CODED = 44_100  # Hz, of the file


@pytest.fixture(scope="module")
def excerpt(tmp_path_factory):
    """Three seconds of three tones in stereo, of a longer file."""
    path = tmp_path_factory.mktemp("interventions") / "song.flac"
    time = np.arange(5 * CODED) / CODED
    wave = sum(np.sin(2 * np.pi * pitch * time) for pitch in PITCHES) / 10
    soundfile.write(path, np.stack([wave, wave], axis=1), CODED)
    return read_excerpt(path, 3, RATE)


def strengths(wave):
    """Amplitude of the spectrum at PITCHES, 1 where a tone has 0.1."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) / len(wave) * 4 / 0.1
    frequency = np.fft.rfftfreq(len(wave), 1 / RATE)
    return np.array([spectrum[np.abs(frequency - pitch) < 5].max() for pitch in PITCHES])


def test_an_excerpt_is_the_beginning_as_it_is_and_as_it_is_decoded(excerpt):
    assert excerpt.channels.shape == (3 * CODED, 2)
    assert excerpt.mono.shape == (3 * RATE,)
    assert strengths(excerpt.mono) == pytest.approx([1, 1, 1], abs=0.02)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (ORIGINAL, [1, 1, 1]),
        ("6 dB louder", [2, 2, 2]),
        ("6 dB softer", [0.5, 0.5, 0.5]),
        ("low-pass 7 kHz", [1, 1, 0]),
        ("high-pass 60 Hz", [0, 1, 1]),
        ("MP3 64 kbit/s", [1, 1, 1]),
        ("Opus 64 kbit/s", [1, 1, 1]),
        ("tilt 1.5 dB an octave", [0.47, 0.81, 1.73]),  # 50 Hz and below alike
    ],
)
def test_each_band_is_as_strong_as_the_name_says(excerpt, what, expected):
    wave = INTERVENTIONS[what](excerpt)
    assert strengths(wave) == pytest.approx(expected, rel=0.1, abs=0.06)


@pytest.mark.parametrize("what", ["level matched", "low-pass 7 kHz, level matched", NEUTRALISED])
def test_the_level_is_matched(excerpt, what):
    wave = INTERVENTIONS[what](excerpt)
    assert np.sqrt(np.mean(wave**2)) == pytest.approx(interventions.LEVEL, rel=0.001)


def test_neutralised_excerpts_have_the_middle_band_alone(excerpt):
    low, middle, high = strengths(INTERVENTIONS[NEUTRALISED](excerpt))
    assert middle > 1
    assert max(low, high) < 0.1 * middle


def test_tempo_and_pitch_change_alone(excerpt):
    faster = INTERVENTIONS["tempo 6 % faster"](excerpt)
    assert len(faster) == pytest.approx(len(excerpt.mono) / 1.06, rel=0.001)
    assert strengths(faster)[1] > 0.8
    higher = INTERVENTIONS["pitch 1 semitone higher"](excerpt)
    assert len(higher) == len(excerpt.mono)
    assert strengths(higher)[1] < 0.1
    for wave in (faster, higher):
        level = np.sqrt(np.mean(wave.astype(float) ** 2))
        assert level == pytest.approx(np.sqrt(np.mean(excerpt.mono**2)), rel=0.001)


def test_seconds_are_shuffled_and_none_is_lost():
    wave = np.repeat(np.arange(10), RATE).astype("float32")
    shuffled = INTERVENTIONS["seconds shuffled"](
        interventions.Excerpt(wave[:, None], RATE, wave, RATE)
    )
    seconds = shuffled.reshape(10, RATE)
    assert (seconds == seconds[:, :1]).all()
    assert sorted(seconds[:, 0]) == list(range(10))
    assert seconds[:, 0].tolist() != list(range(10))
