"""Distances between sets of pieces: how much new pieces differ from real ones in simple counts."""

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.phrases import (
    count_cadences,
    count_degrees,
    count_phrases,
    ends_on_tonic,
    repeated_bar_share,
    self_similarity,
)
from musicregion.composition.novelty import skyline
from musicregion.composition.vocabulary import GRID

LONGEST_STEP = 12  # semitones; larger intervals count as this one
LENGTHS = np.array([0.17, 0.26, 0.4, 0.6, 0.9, 1.2, 1.8, 2.5, 3.5])  # quarter beats: borders
VOICES = 8  # simultaneous notes; more count as so many
LAGS = 4, 8, 16  # bars


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


COUNTS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "pitch_class_distance": lambda notes, bar: count_pitch_classes(notes),
    "degree_distance": lambda notes, bar: count_degrees(notes),
    "interval_distance": lambda notes, bar: count_intervals(notes),
    "length_distance": lambda notes, bar: count_lengths(notes),
    "polyphony_distance": lambda notes, bar: count_voices(notes),
    "phrase_distance": count_phrases,
    "cadence_distance": lambda notes, bar: count_cadences(notes),
}
SHARES: dict[str, Callable[[np.ndarray, float], float]] = {
    "repetition_distance": repeated_bar_share,
    "tonic_distance": lambda notes, bar: ends_on_tonic(notes),
    **{f"similarity_{lag}_distance": partial(self_similarity, lag=lag) for lag in LAGS},
}
Piece = tuple[np.ndarray, float]  # notes [note, (start, length, pitch)], and their bar


def mean_shares(pieces: list[Piece]) -> dict[str, np.ndarray]:
    """The mean over pieces of what COUNTS count, as shares, and of SHARES."""
    means = {}
    for name, count in COUNTS.items():
        counts = np.array([count(*piece) for piece in pieces], float)
        means[name] = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    for name, share in SHARES.items():
        values = np.array([share(*piece) for piece in pieces], float)
        means[name] = np.array(np.nanmean(values) if not np.isnan(values).all() else 0.0)
    return means


def measure_distances(pieces: list[Piece], real: list[Piece]) -> dict[str, float]:
    """Distances between two sets of pieces, from 0, equal, to 1, disjoint.

    Of COUNTS: half the sum of absolute differences between the sets' mean shares. Of SHARES: the
    difference of the means.
    """
    left, right = mean_shares(pieces), mean_shares(real)
    halves = {name: 2 if name in COUNTS else 1 for name in left}
    return {name: float(np.abs(left[name] - right[name]).sum() / halves[name]) for name in halves}
