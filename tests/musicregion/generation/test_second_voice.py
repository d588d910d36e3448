"""The second voice is consonant below the melody, and rests where that is fast."""

import numpy as np

from musicregion.generation.harmony import Chord
from musicregion.generation.second_voice import add_second_voice
from musicregion.generation.tonality import Tonality

D_MAJOR = Tonality(2, "major")
TONIC = Chord(0, 2, 4)


def test_chord_notes_on_the_beat_and_the_scale_between():
    melody = np.array([(0, 1, 74), (1, 1, 76), (2, 2, 78), (4, 0.25, 79), (4.25, 0.75, 78)])
    notes = add_second_voice(melody, [TONIC, TONIC], 4.0, D_MAJOR)
    assert [(start, pitch) for start, _, pitch, _ in notes] == [
        (0, 69),  # D: the A below
        (1, 73),  # E: C sharp
        (2, 74),  # F sharp: D
        (4.25, 74),
    ]
    for start, length, pitch, _ in notes:
        (above,) = melody[melody[:, 0] == start]
        assert length == above[1]
        assert 3 <= above[2] - pitch <= 9
