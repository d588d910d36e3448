"""How much of a new piece is copied: the longest run that it shares with a piece of training."""

import numpy as np

from musicregion.composition.tokens import GRID

Step = tuple[int, int]  # semitones to the next note, length of the note in grid positions


def skyline(notes: np.ndarray) -> np.ndarray:
    """The highest note at each start, in order. notes: [note, (start, length, pitch)]."""
    order = np.lexsort((-notes[:, 2], notes[:, 0]))
    _, first = np.unique(notes[order, 0], return_index=True)
    return notes[order][first]


def melody_steps(notes: np.ndarray) -> list[Step]:
    """A melody in no key: of each note but the last, the interval to the next and its length."""
    top = skyline(notes)
    lengths = np.round(top[:-1, 1] * GRID).astype(int)
    return list(zip(np.diff(top[:, 2]).astype(int).tolist(), lengths.tolist(), strict=True))


def step_runs(melody: list[Step], length: int) -> set[tuple[Step, ...]]:
    return {tuple(melody[start : start + length]) for start in range(len(melody) - length + 1)}


def longest_shared(piece: list[Step], known: list[list[Step]]) -> tuple[int, int]:
    """Notes of the longest run of a piece that a known melody has too, and which one (or -1)."""
    best, where = 0, -1
    for place, other in enumerate(known):
        # a longer run holds the shorter ones, so it is enough to grow
        while best < len(piece) and step_runs(piece, best + 1) & step_runs(other, best + 1):
            best, where = best + 1, place
    return best, where
