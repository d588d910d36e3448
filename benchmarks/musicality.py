"""Distances between sets of pieces: how much new pieces differ from real ones in simple counts."""

from collections.abc import Callable

import numpy as np

from musicregion.composition.novelty import skyline
from musicregion.composition.tokens import GRID

LONGEST_STEP = 12  # semitones; larger intervals count as this one
LENGTHS = np.array([0.17, 0.26, 0.4, 0.6, 0.9, 1.2, 1.8, 2.5, 3.5])  # quarter beats: borders
VOICES = 8  # simultaneous notes; more count as so many


def count_pitch_classes(notes: np.ndarray) -> np.ndarray:
    """Sounding time by pitch class, from the most frequent one upwards, [12]."""
    durations = np.bincount(notes[:, 2].astype(int) % 12, notes[:, 1], 12)
    return np.roll(durations, -durations.argmax())


def count_intervals(notes: np.ndarray) -> np.ndarray:
    """Number of each interval of the melody, from an octave down to an octave up, [25]."""
    steps = np.diff(skyline(notes)[:, 2]).clip(-LONGEST_STEP, LONGEST_STEP).astype(int)
    return np.bincount(steps + LONGEST_STEP, minlength=2 * LONGEST_STEP + 1)


def count_lengths(notes: np.ndarray) -> np.ndarray:
    """Number of notes of each length, short to long, [10]."""
    return np.bincount(np.searchsorted(LENGTHS, notes[:, 1]), minlength=len(LENGTHS) + 1)


def count_voices(notes: np.ndarray) -> np.ndarray:
    """Number of grid positions at which 0, 1, 2, … notes sound, [9]."""
    starts = np.round(notes[:, 0] * GRID).astype(int)
    ends = starts + np.maximum(1, np.round(notes[:, 1] * GRID).astype(int))
    change = np.zeros(ends.max() + 1, int)
    np.add.at(change, starts, 1)
    np.add.at(change, ends, -1)
    return np.bincount(np.cumsum(change)[:-1].clip(0, VOICES), minlength=VOICES + 1)


def repeated_bar_share(notes: np.ndarray, bar: float) -> float:
    """Share of the bars whose melody, in any key, is that of an earlier bar of the piece.

    bar: quarter beats.
    """
    melody = skyline(notes)
    bars = (melody[:, 0] // bar).astype(int)
    patterns, repeated = set(), 0
    for number in np.unique(bars):
        in_bar = melody[bars == number]
        rhythm = np.round((in_bar[:, 0] - number * bar) * GRID).astype(int).tolist()
        contour = (in_bar[:, 2] - in_bar[0, 2]).astype(int).tolist()
        pattern = tuple(rhythm), tuple(contour)
        repeated += pattern in patterns
        patterns.add(pattern)
    return repeated / len(np.unique(bars))


COUNTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "pitch_class_distance": count_pitch_classes,
    "interval_distance": count_intervals,
    "length_distance": count_lengths,
    "polyphony_distance": count_voices,
}
Piece = tuple[np.ndarray, float]  # notes [note, (start, length, pitch)], and their bar


def measure_distances(pieces: list[Piece], real: list[Piece]) -> dict[str, float]:
    """Distances between two sets of pieces, from 0, equal, to 1, disjoint.

    Of COUNTS: half the sum of absolute differences between the sets' mean shares. Repetition: the
    difference of the mean shares of repeated bars.
    """
    distances = {}
    for name, count in COUNTS.items():
        means = []
        for piece_set in (pieces, real):
            counts = np.array([count(notes) for notes, _ in piece_set], float)
            means.append((counts / counts.sum(axis=1, keepdims=True)).mean(axis=0))
        distances[name] = float(np.abs(means[0] - means[1]).sum() / 2)
    repeated = [
        np.mean([repeated_bar_share(*piece) for piece in piece_set]) for piece_set in (pieces, real)
    ]
    distances["repetition_distance"] = float(abs(repeated[0] - repeated[1]))
    return distances
