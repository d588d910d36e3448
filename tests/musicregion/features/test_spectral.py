"""All of librosa's values in one file: its import compiles code for a while, the first time."""

import json

import librosa
import numpy as np
import pytest
from scipy import signal

from musicregion.config import params
from musicregion.features.spectral import logmel, logmel_front_end, mfcc, mfcc_front_end
from musicregion.features.tutorial_json import write_json
from tests.conftest import RATE, tone

SETTINGS = params.load().mfcc
FRONT_END = mfcc_front_end(RATE, 3 * RATE, SETTINGS)


def noise(level):
    return (np.random.default_rng(0).standard_normal(3 * RATE) * level).astype("float32")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"coefficients": 20, "hop_length": 441},
        {"n_fft": 1024, "mel_bands": 64},
        {"n_fft": 1000, "hop_length": 333, "mel_bands": 40},
        {"fmin": 0, "fmax": RATE / 2},
    ],
)
@pytest.mark.parametrize("wave", [noise(0.1), tone(3), noise(1e-4)], ids=["loud", "tone", "quiet"])
def test_mfcc_are_equal_to_librosas(wave, changes):
    settings = SETTINGS.model_copy(update=changes)
    theirs = librosa.feature.mfcc(
        y=wave,
        sr=RATE,
        n_mfcc=settings.coefficients,
        n_fft=settings.n_fft,
        hop_length=settings.hop_length,
        n_mels=settings.mel_bands,
        fmin=settings.fmin,
        fmax=settings.fmax,
    ).T
    ours = mfcc(wave, mfcc_front_end(RATE, len(wave), settings), settings)
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    assert ours == pytest.approx(theirs, abs=1e-3)


def test_mfcc_do_not_depend_on_what_codecs_remove():
    wave = noise(0.1)
    bands = signal.butter(8, [60, 7000], "bandpass", fs=RATE, output="sos")
    filtered = signal.sosfilt(bands, wave).astype("float32")
    means = [mfcc(sound, FRONT_END, SETTINGS).mean(axis=0) for sound in (wave, filtered)]
    assert means[1] == pytest.approx(means[0], abs=1.5)
    everything = SETTINGS.model_copy(update={"fmin": 0, "fmax": 1e6})  # as far as there is any
    front_end = mfcc_front_end(RATE, 3 * RATE, everything)
    means = [mfcc(sound, front_end, everything).mean(axis=0) for sound in (wave, filtered)]
    assert np.abs(means[1] - means[0]).max() > 15


def test_logmel_is_equal_to_librosas():
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


def test_deltas_are_appended_as_librosa_computes_them():
    plain = mfcc(noise(0.1), FRONT_END, SETTINGS)
    with_deltas = SETTINGS.model_copy(update={"deltas": 2})
    both = mfcc(noise(0.1), mfcc_front_end(RATE, 3 * RATE, with_deltas), with_deltas)
    assert both.shape == (len(plain), 39)
    assert both[:, 13:26] == pytest.approx(librosa.feature.delta(plain.T).T, abs=1e-3)
    assert both[:, 26:] == pytest.approx(librosa.feature.delta(plain.T, order=2).T, abs=1e-3)


def test_louder_changes_the_first_coefficient_alone():
    quiet, loud = (mfcc(noise(level), FRONT_END, SETTINGS) for level in (0.01, 0.1))
    assert loud[:, 1:] == pytest.approx(quiet[:, 1:], abs=1e-3)
    assert (loud[:, 0] > quiet[:, 0]).all()


def test_a_segment_does_not_depend_on_its_neighbours(tmp_path):
    import soundfile

    from musicregion.features.kind import extract_song
    from musicregion.features.registry import KINDS

    quiet, loud = noise(1e-4), noise(0.5)
    for name, waves in (("both", (quiet, loud)), ("quiet", (quiet,))):
        soundfile.write(tmp_path / f"{name}.flac", np.concatenate(waves), RATE, "PCM_16")
    arguments = FRONT_END, SETTINGS, None
    compute_song = KINDS["mfcc"].compute_song
    together = extract_song(compute_song, tmp_path / "both.flac", 2, *arguments)
    alone = extract_song(compute_song, tmp_path / "quiet.flac", 1, *arguments)
    assert np.array_equal(together[0], alone[0])


def test_the_tutorials_json_holds_three_parallel_lists(tmp_path):
    features = np.arange(24, dtype="float32").reshape(4, 3, 2)
    write_json(features, ["B", "A", None, "B"], tmp_path / "data.json")
    data = json.loads((tmp_path / "data.json").read_text())
    assert data["mapping"] == ["A", "B"]
    assert data["labels"] == [1, 0, 1]
    assert np.array_equal(data["mfcc"], features[[0, 1, 3]])
