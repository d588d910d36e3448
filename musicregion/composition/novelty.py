"""Measures copying: the longest run of notes that a new piece shares with a training piece."""

import numpy as np

from musicregion.composition.vocabulary import GRID

Step = tuple[int, int]  # semitones to the next note, length of the note in grid positions


def skyline(notes: np.ndarray) -> np.ndarray:
    """The highest note at each start, in order. notes: [note, (start, length, pitch)]."""
    order = np.lexsort((-notes[:, 2], notes[:, 0]))
    _, first = np.unique(notes[order, 0], return_index=True)
    return notes[order][first]


def melody_steps(notes: np.ndarray) -> list[Step]:
    """A melody without its key: the interval to the next note and the length of each note but the
    last. notes: [note, (start, length, pitch)]."""
    melody = skyline(notes)
    lengths = np.round(melody[:-1, 1] * GRID).astype(int)
    return list(zip(np.diff(melody[:, 2]).astype(int).tolist(), lengths.tolist(), strict=True))


def step_runs(melody: list[Step], length: int) -> set[tuple[Step, ...]]:
    """All runs of `length` steps."""
    return {tuple(melody[start : start + length]) for start in range(len(melody) - length + 1)}


def longest_shared(piece: list[Step], training: list[list[Step]]) -> tuple[int, int]:
    """The number of steps in the longest run that a training melody also has, and the index of
    that melody (-1: none)."""
    longest, index = 0, -1
    for row, melody in enumerate(training):
        # a longer run contains the shorter ones, so the search only has to grow
        while longest < len(piece) and step_runs(piece, longest + 1) & step_runs(
            melody, longest + 1
        ):
            longest, index = longest + 1, row
    return longest, index
