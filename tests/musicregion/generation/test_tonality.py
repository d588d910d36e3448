"""Keys are found and spelled as musicians write them."""

import numpy as np
import pytest

from musicregion.generation.tonality import MODES, Tonality, find_tonality


def scale_notes(tonic, mode):
    """The scale from the tonic up and back to it, a quarter each."""
    pitches = [60 + tonic + step for step in MODES[mode]]
    pitches = [*pitches, *pitches[::-1]]
    return np.array([(start, 1, pitch) for start, pitch in enumerate(pitches)], float)


@pytest.mark.parametrize(
    ("tonic", "mode", "sharps", "name"),
    [
        (2, "major", 2, "D major"),
        (9, "mixolydian", 2, "A mixolydian"),
        (4, "dorian", 2, "E dorian"),
        (0, "minor", -3, "C minor"),
        (10, "major", -2, "B♭ major"),
        (6, "minor", 3, "F♯ minor"),
        (1, "major", -5, "D♭ major"),
    ],
)
def test_tonic_mode_and_key_signature(tonic, mode, sharps, name):
    found = find_tonality([scale_notes(tonic, mode)], one_voice=True)
    assert (found.tonic, found.mode, found.sharps, found.name) == (tonic, mode, sharps, name)


def test_the_tonic_of_several_voices_is_estimated():
    chords = [(0, 48, 64, 67), (2, 53, 65, 69), (4, 55, 62, 71), (6, 48, 60, 64)]
    notes = [(start, 2, pitch) for start, *pitches in chords for pitch in pitches]
    found = find_tonality([np.array(notes, float)], one_voice=False)
    assert found.name == "C major"


def test_notes_are_spelled_by_the_key():
    assert Tonality(9, "minor").spell(8) == ("G", 1)  # the leading tone
    assert Tonality(5, "major").spell(10) == ("B", -1)
    assert Tonality(4, "major").spell(3) == ("D", 1)
    assert Tonality(0, "minor").spell(11) == ("B", 0)
