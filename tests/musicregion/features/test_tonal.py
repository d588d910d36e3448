"""Songs of notes, as [note, (start, end, pitch)] in seconds: a melody above a drone."""

import numpy as np
import pytest

from musicregion.config import params
from musicregion.features import tonal
from musicregion.features.front_end import no_front_end
from musicregion.storage import paths
from tests.conftest import RATE, require_weights

MAJOR, PENTATONIC = (0, 2, 4, 5, 7, 9, 11), (0, 2, 4, 7, 9)
FRAME = tonal.basic_pitch.FRAME
NOTE = 24  # frames
SEGMENT = 40 * NOTE * FRAME  # seconds
SETTINGS = params.load().tonal


def song(scale=MAJOR, seed=0, notes=160, note=NOTE, key=0):
    """Random steps of a scale over a drone of tonic and fifth; note: frames of the shortest."""
    random = np.random.default_rng(seed)
    steps = np.cumsum(random.choice([-2, -1, 1, 2], notes)) % (2 * len(scale))
    pitches = 60 + 12 * (steps // len(scale)) + np.array(scale)[steps % len(scale)]
    starts = np.concatenate([[0], np.cumsum(random.choice([1, 2], notes - 1))]) * note
    melody = np.stack([starts, starts + note, pitches], axis=1)
    bars = np.arange(0, starts[-1], 8 * note)
    drone = [np.stack([bars, bars + 7 * note, np.full(len(bars), p)], axis=1) for p in (36, 43)]
    rows = np.concatenate([melody, *drone])
    rows = rows[np.argsort(rows[:, 0], kind="stable")] + [0, 0, key]
    return rows * [FRAME, FRAME, 1]


def features(notes, segments=6, seconds=SEGMENT):
    return tonal.note_features(notes, segments, seconds)


def test_every_segment_has_one_row_of_all_groups():
    values = features(song())
    last = list(tonal.channels().values())[-1].stop
    assert (values.shape, values.dtype) == ((6, 1, last), np.float32)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("semitones", [3, -5, 12])
def test_a_transposed_song_has_the_same_features(semitones):
    assert np.array_equal(features(song(key=semitones)), features(song()))


def test_a_song_at_another_tempo_has_the_same_features():
    slow = features(song(note=NOTE), 1, 400 * NOTE * FRAME)
    fast = features(song(note=NOTE * 3 // 4), 1, 300 * NOTE * FRAME)
    assert fast == pytest.approx(slow, abs=0.03)


def test_songs_of_one_scale_are_nearer_than_songs_of_two():
    major, other_major = (features(song(seed=seed)).mean(axis=0) for seed in (1, 2))
    pentatonic = features(song(PENTATONIC, seed=3)).mean(axis=0)
    within = np.linalg.norm(major - other_major)
    assert np.linalg.norm(major - pentatonic) > 1.2 * within
    scale = pentatonic[0, tonal.channels()["scale"]]
    assert np.flatnonzero(scale > 0.05).tolist() == list(PENTATONIC)


def test_a_segment_resembles_what_is_played_in_it():
    """The song goes from major to a pentatonic scale: the fourth degree disappears."""
    first, second = song(notes=80), song(PENTATONIC, notes=80)
    both = np.concatenate([first, second + np.array([3 * SEGMENT, 3 * SEGMENT, 0])])
    fourth = features(both)[:, 0, tonal.channels()["melody degrees"]][:, 5]
    assert min(fourth[:2]) > max(fourth[3:5]) > 0  # not 0, as the song's average counts too


@pytest.mark.parametrize("notes", [0, 1, 5])
def test_a_song_with_hardly_a_note_has_no_features(notes):
    assert not features(song()[:notes]).any()


def test_audio_gives_the_notes_that_are_played_however_loud():
    """As many windows of as many samples as the song has, in blocks that are shorter than it."""
    network = require_weights(paths.BASIC_PITCH_WEIGHTS)
    front_end = no_front_end(RATE, RATE, None)
    pitches = np.tile([60, 62, 64, 67, 69, 72, 69, 67, 64, 62], 4)
    length = round(0.25 * RATE)
    time = np.arange(length) / RATE
    decay = np.exp(-4 * time)
    wave = np.concatenate(
        [
            sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * k * time) / k for k in (1, 2, 3))
            * decay
            for p in pitches
        ]
    ).astype("float32")
    windows = np.split(0.1 * wave, 10)
    (values,) = tonal.compute_song(iter(windows), front_end, SETTINGS, network)
    assert (values.shape[:2], values.dtype) == ((10, 1), np.float32)
    scale = values.mean(axis=0)[0, tonal.channels()["melody degrees"]]
    assert np.flatnonzero(scale > 0.1).tolist() == list(PENTATONIC)
    (louder,) = tonal.compute_song(
        iter([4 * window for window in windows]), front_end, SETTINGS, network
    )
    assert np.array_equal(louder, values)
    notes, segments, seconds = tonal.transcribe_windows(iter(windows), RATE, SETTINGS, network)
    assert (segments, seconds) == (10, pytest.approx(1, abs=1e-3))
    assert len(notes) == pytest.approx(len(pitches), abs=4)


def test_a_long_song_is_transcribed_in_blocks(monkeypatch):
    network = require_weights(paths.BASIC_PITCH_WEIGHTS)
    monkeypatch.setattr(tonal, "BLOCK", 2 * RATE)
    time = np.arange(RATE) / RATE
    windows = [0.3 * np.sin(2 * np.pi * 440 * time) * (1 - time)] * 6
    windows = [window.astype("float32") for window in windows]
    notes, _, _ = tonal.transcribe_windows(iter(windows), RATE, SETTINGS, network)
    main = notes[notes[:, 2] == 69]
    assert main[:, 0] == pytest.approx(np.arange(6), abs=0.05)
