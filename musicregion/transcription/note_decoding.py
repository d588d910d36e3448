"""Decodes notes from what a network hears of them: when each starts, and while it sounds.

R. Bittner and others, A lightweight instrument-agnostic model for polyphonic note transcription and
multipitch estimation, ICASSP 2022, section 3.3; the steps are those of its package.
"""

import numpy as np
from scipy.signal import argrelmax

LOWEST = 21  # MIDI number of the first of 88 pitches
GAP = 11  # frames that a note may fall silent within


def infer_onsets(onsets: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Onsets [frame, pitch], also where the sound of a pitch grows suddenly."""
    before = np.pad(frames, ((2, 0), (0, 0)))
    growth = np.minimum(frames - before[1:-1], frames - before[:-2]).clip(0)
    growth[:2] = 0
    if growth.max() == 0:
        return onsets
    return np.maximum(onsets, growth * (onsets.max() / growth.max()))


def note_end(energy: np.ndarray, start: int, threshold: float) -> int:
    """The frame after a note that sounds from `start` on; energy: of its pitch, [frame]."""
    silent = np.append(energy[start + 1 :] < threshold, np.ones(GAP, bool))
    # the first place from which on so many frames in a row are silent
    runs = np.convolve(silent, np.ones(GAP), "valid") >= GAP
    return start + 1 + int(runs.argmax())


def decode_notes(
    onsets: np.ndarray, frames: np.ndarray, onset: float, frame: float, shortest: int
) -> np.ndarray:
    """Notes [note, (start, end, pitch, strength)]: frames, MIDI numbers, 0 to 1; by start.

    onsets, frames: activations [frame, pitch], 0 to 1.
    onset, frame: thresholds of both. shortest: frames.
    """
    onsets = infer_onsets(onsets, frames)
    peaks = np.zeros(onsets.shape, bool)
    peaks[argrelmax(onsets, axis=0)] = True
    left = frames.copy()  # energy that no note has taken
    found = []

    def take(start: int, end: int, pitch: int) -> None:
        left[start:end, max(0, pitch - 1) : pitch + 2] = 0
        found.append((start, end, pitch + LOWEST, frames[start:end, pitch].mean()))

    for start, pitch in np.argwhere(peaks & (onsets >= onset))[::-1]:  # the last ones first
        end = note_end(left[:, pitch], start, frame)
        if end - start > shortest:
            take(start, end, pitch)
    # what still sounds began without an onset that was noticed
    while left.max(initial=0) > frame:
        middle, pitch = np.unravel_index(left.argmax(), left.shape)
        end = note_end(left[:, pitch], middle, frame)
        start = middle + 1 - note_end(left[middle::-1, pitch], 0, frame)
        if end - start > shortest:
            take(start, end, pitch)
        else:
            left[start:end, pitch] = 0
            left[middle, pitch] = 0
    notes = np.array(found, "float32").reshape(-1, 4)
    return notes[np.lexsort((notes[:, 2], notes[:, 0]))]
