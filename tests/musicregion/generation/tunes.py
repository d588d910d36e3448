"""Melodies for tests."""

import numpy as np

D_TUNE = [(62, 66, 69, 66), (67, 71, 74, 71), (69, 73, 76, 73), (62, 66, 69, 62)]


def quarters(*bars):
    """A tune in 4/4 of one note a quarter: [note, (start, length, pitch)]."""
    pitches = [pitch for bar in bars for pitch in bar]
    return np.array([(start, 1, pitch) for start, pitch in enumerate(pitches)], float)


def with_upbeat(notes):
    """The same tune after a bar with a note in its last quarter; its last bar lacks a quarter."""
    upbeat = np.array([(3, 1, notes[0, 2])])
    return np.concatenate([upbeat, notes[:-1] + np.array([4, 0, 0])])
