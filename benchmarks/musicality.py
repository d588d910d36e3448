"""Distances between bodies of music: how unlike real songs new ones are, by what one can count."""

from collections.abc import Callable

import numpy as np

from musicregion.composition.novelty import skyline
from musicregion.composition.tokens import GRID

LONGEST_STEP = 12  # semitones; larger intervals count as this one
LENGTHS = np.array([0.17, 0.26, 0.4, 0.6, 0.9, 1.2, 1.8, 2.5, 3.5])  # quarter beats: borders
VOICES = 8  # notes at once; more count as so many


def pitch_classes(notes: np.ndarray) -> np.ndarray:
    """Share of the sounding time by pitch class, from the most frequent one upwards, [12]."""
    found = np.bincount(notes[:, 2].astype(int) % 12, notes[:, 1], 12)
    return np.roll(found, -found.argmax())


def intervals(notes: np.ndarray) -> np.ndarray:
    """How often each interval of the melody, down to up, [25]."""
    steps = np.diff(skyline(notes)[:, 2]).clip(-LONGEST_STEP, LONGEST_STEP).astype(int)
    return np.bincount(steps + LONGEST_STEP, minlength=2 * LONGEST_STEP + 1)


def lengths(notes: np.ndarray) -> np.ndarray:
    """How often notes of each length, short to long, [10]."""
    return np.bincount(np.searchsorted(LENGTHS, notes[:, 1]), minlength=len(LENGTHS) + 1)


def polyphony(notes: np.ndarray) -> np.ndarray:
    """How often 0, 1, 2, … notes sound at once, on the grid, [9]."""
    starts = np.round(notes[:, 0] * GRID).astype(int)
    ends = starts + np.maximum(1, np.round(notes[:, 1] * GRID).astype(int))
    change = np.zeros(ends.max() + 1, int)
    np.add.at(change, starts, 1)
    np.add.at(change, ends, -1)
    return np.bincount(np.cumsum(change)[:-1].clip(0, VOICES), minlength=VOICES + 1)


def repetition(notes: np.ndarray, bar: float) -> float:
    """Share of the bars whose melody, in any key, was in an earlier bar of the piece."""
    top = skyline(notes)
    number = (top[:, 0] // bar).astype(int)
    seen, again = set(), 0
    for place in np.unique(number):
        own = top[number == place]
        rhythm = np.round((own[:, 0] - place * bar) * GRID).astype(int).tolist()
        shape = (own[:, 2] - own[0, 2]).astype(int).tolist()
        pattern = tuple(rhythm), tuple(shape)
        again += pattern in seen
        seen.add(pattern)
    return again / len(np.unique(number))


COUNTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "pitch_class_distance": pitch_classes,
    "interval_distance": intervals,
    "length_distance": lengths,
    "polyphony_distance": polyphony,
}
Piece = tuple[np.ndarray, float]  # notes [note, (start, length, pitch)], and their bar


def distances(pieces: list[Piece], real: list[Piece]) -> dict[str, float]:
    """Of two bodies of pieces: half the sum of differences between mean shares, 0 equal, 1 apart.

    Repetition: the difference of the mean shares of repeated bars.
    """
    found = {}
    for name, count in COUNTS.items():
        shares = []
        for body in (pieces, real):
            each = np.array([count(notes) for notes, _ in body], float)
            shares.append((each / each.sum(axis=1, keepdims=True)).mean(axis=0))
        found[name] = float(np.abs(shares[0] - shares[1]).sum() / 2)
    means = [np.mean([repetition(*piece) for piece in body]) for body in (pieces, real)]
    found["repetition_distance"] = float(abs(means[0] - means[1]))
    return found
