"""Decodes notes from a network's activations: where a note starts, and while it sounds.

R. Bittner and others, A lightweight instrument-agnostic model for polyphonic note transcription and
multipitch estimation, ICASSP 2022, section 3.3; the steps are those of its package.
"""

import numpy as np

from musicregion.audio.rounding import round_to

LOWEST = 21  # MIDI number of the first of 88 pitches
GAP = 11  # frames of silence that end a note
STEP = 2.0**-7  # of a note's strength, see rounding: MIDI has 127 velocities


def infer_onsets(onsets: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Activations of onsets [frame, pitch], raised where the sound of a pitch grows suddenly.

    onsets, frames: activations [frame, pitch].
    """
    padded = np.pad(frames, ((2, 0), (0, 0)))
    growth = np.minimum(frames - padded[1:-1], frames - padded[:-2]).clip(0)
    growth[:2] = 0
    if growth.max() == 0:
        return onsets
    raised: np.ndarray = np.maximum(onsets, growth * (onsets.max() / growth.max()))
    return raised


def note_end(energy: np.ndarray, start: int, threshold: float) -> int:
    """The first frame after a note that begins at `start`. energy: of its pitch, [frame]."""
    silent = np.append(energy[start + 1 :] < threshold, np.ones(GAP, bool))
    # the first frame at which GAP silent frames begin
    runs = np.convolve(silent, np.ones(GAP), "valid") >= GAP
    return start + 1 + int(runs.argmax())


def decode_notes(
    onsets: np.ndarray, frames: np.ndarray, onset: float, frame: float, shortest: int
) -> np.ndarray:
    """Notes, float32 [note, (start, end, pitch, strength)]: frames, MIDI numbers, 0 to 1; by start.

    onsets, frames: activations [frame, pitch], 0 to 1. onset, frame: their thresholds.
    shortest: frames; only longer notes count.
    """
    onsets = infer_onsets(onsets, frames)
    peaks = np.zeros(onsets.shape, bool)
    # the first frame of each maximum, since rounded activations may stay there for several
    peaks[1:-1] = (onsets[1:-1] > onsets[:-2]) & (onsets[1:-1] >= onsets[2:])
    energy = frames.copy()  # without that of the notes decoded so far
    rows = []

    def add_note(start: int, end: int, pitch: int) -> None:
        energy[start:end, max(0, pitch - 1) : pitch + 2] = 0
        rows.append((start, end, pitch + LOWEST, frames[start:end, pitch].mean()))

    for start, pitch in np.argwhere(peaks & (onsets >= onset))[::-1].tolist():  # last ones first
        end = note_end(energy[:, pitch], start, frame)
        if end - start > shortest:
            add_note(start, end, pitch)
    # the energy that is left belongs to notes without a detected onset
    while energy.max(initial=0) > frame:
        middle, pitch = (int(index) for index in np.unravel_index(energy.argmax(), energy.shape))
        end = note_end(energy[:, pitch], middle, frame)
        start = middle + 1 - note_end(energy[middle::-1, pitch], 0, frame)
        if end - start > shortest:
            add_note(start, end, pitch)
        else:
            energy[start:end, pitch] = 0
            energy[middle, pitch] = 0
    notes = np.array(rows, "float32").reshape(-1, 4)
    notes[:, 3] = round_to(notes[:, 3], STEP)
    return notes[np.lexsort((notes[:, 2], notes[:, 0]))]
