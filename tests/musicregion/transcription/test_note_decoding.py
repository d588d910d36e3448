import numpy as np
import pytest

from musicregion.transcription import note_decoding


def activations(*notes, length=200):
    """onsets and frames [frame, pitch] of a confident network. notes: (start, end, pitch index)."""
    onsets, frames = np.zeros((length, 88)), np.zeros((length, 88))
    for start, end, pitch in notes:
        onsets[start, pitch] = 0.9
        frames[start:end, pitch] = 0.8
    return onsets, frames


def decode(*notes, **changes):
    settings = {"onset": 0.6, "frame": 0.4, "shortest": 5} | changes
    rows = note_decoding.decode_notes(*activations(*notes), **settings)
    return [tuple(int(value) for value in row[:3]) for row in rows]


def test_notes_have_start_end_and_pitch():
    assert decode((10, 40, 39), (60, 90, 43)) == [(10, 40, 60), (60, 90, 64)]


def test_simultaneous_notes_are_separate():
    assert decode((10, 40, 39), (10, 60, 43), (20, 50, 46)) == [
        (10, 40, 60),
        (10, 60, 64),
        (20, 50, 67),
    ]


def test_a_repeated_note_is_two():
    onsets, frames = activations((10, 80, 39))
    onsets[45, 39] = 0.9
    notes = note_decoding.decode_notes(onsets, frames, 0.6, 0.4, 5)
    assert notes[:, :2].tolist() == [[10, 45], [45, 80]]


def test_an_onset_that_lasts_two_frames_is_one_note():
    onsets, frames = activations((10, 80, 39))
    onsets[45:47, 39] = 0.9
    notes = note_decoding.decode_notes(onsets, frames, 0.6, 0.4, 5)
    assert notes[:, :2].tolist() == [[10, 45], [45, 80]]


@pytest.mark.parametrize(
    ("gap", "end"), [(note_decoding.GAP - 1, 80), (note_decoding.GAP, 40), (30, 40)]
)
def test_a_short_silence_is_bridged_and_a_long_one_ends_a_note(gap, end):
    energy = np.zeros(200)
    energy[10:80] = 0.8
    energy[40 : 40 + gap] = 0
    assert note_decoding.note_end(energy, 10, 0.4) == end


def test_a_note_that_sounds_to_the_end_of_the_song_ends_there():
    assert note_decoding.note_end(np.full(30, 0.8), 10, 0.4) == 30
    assert note_decoding.note_end(np.full(5, 0.8), 4, 0.4) == 5


def test_short_or_weak_notes_are_left_out():
    assert decode((10, 14, 39)) == []
    assert decode((10, 40, 39), onset=0.95, frame=0.85) == []


def test_a_note_without_an_onset_is_found_by_its_sound():
    onsets, frames = activations((100, 140, 39))
    onsets[:] = 0
    ramp = np.linspace(0, 0.8, 40)
    frames[60:100, 39] = ramp  # it swells
    ((start, end, pitch, strength),) = note_decoding.decode_notes(onsets, frames, 0.6, 0.4, 5)
    assert (end, pitch) == (140, 60)
    assert 75 < start < 85
    assert strength == pytest.approx(0.7, abs=0.1)


def test_silence_has_no_notes():
    assert note_decoding.decode_notes(
        np.zeros((50, 88)), np.zeros((50, 88)), 0.6, 0.4, 5
    ).shape == (0, 4)
    assert note_decoding.decode_notes(np.zeros((3, 88)), np.zeros((3, 88)), 0.6, 0.4, 5).shape == (
        0,
        4,
    )
