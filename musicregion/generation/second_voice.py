"""Adds a second voice below a melody, in thirds and sixths."""

import numpy as np

from musicregion.generation.harmony import Chord
from musicregion.generation.tonality import Tonality
from musicregion.rendering.orchestrate import Notes

THIRD, SIXTH = 3, 9  # semitones: the nearest that it comes, and the farthest
SHORTEST = 0.5  # quarter beats: it rests while the melody has shorter notes
VELOCITY = 76


def below(pitch: int, allowed: tuple[int, ...]) -> int | None:
    """The highest of the allowed pitch classes a third to a sixth below a pitch, if any."""
    return next(
        (low for low in range(pitch - THIRD, pitch - SIXTH - 1, -1) if low % 12 in allowed), None
    )


def add_second_voice(
    melody: np.ndarray, chords: list[Chord], bar: float, tonality: Tonality
) -> Notes:
    """Notes below a melody [note, (start, length, pitch)]: of the chord where a bar or its half
    begins, elsewhere of the scale.

    chords: of each bar, the first of which starts at 0. bar: quarter beats.
    """
    notes: Notes = []
    for start, length, pitch in melody:
        if length < SHORTEST:
            continue
        strong = start % (bar / 2) == 0
        chord = chords[min(int(start // bar), len(chords) - 1)]
        low = below(int(pitch), chord.pitch_classes if strong else tonality.scale)
        if low is not None:
            notes.append((float(start), float(length), low, VELOCITY))
    return notes
