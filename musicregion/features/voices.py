"""The melody and the bass of transcribed notes: the highest and the lowest notes that sound.

The skyline method of A. Uitdenbogerd and J. Zobel, Manipulation of music for melody matching, ACM
Multimedia 1998.
"""

import numpy as np
from scipy.ndimage import median_filter

TOGETHER = 4  # frames; notes that start within as many start together
NEIGHBOURS = 17  # notes whose median pitch is the register at the one in the middle
BELOW, ABOVE = 9, 12  # semitones from the register to the melody's lowest and highest note


def extract_melody(notes: np.ndarray) -> np.ndarray:
    """The notes that nothing higher sounds above when they start, one at a time; in order.

    Without those far from the melody's register: where it pauses, an accompaniment is highest.

    notes: int [note, (start, end, pitch)], by start; frames and MIDI numbers.
    """
    highest = _outer_voice(notes, 1)
    if not len(highest):
        return highest
    above = highest[:, 2] - median_filter(highest[:, 2], NEIGHBOURS, mode="nearest")
    melody: np.ndarray = highest[(above >= -BELOW) & (above <= ABOVE)]
    return melody


def extract_bass(notes: np.ndarray) -> np.ndarray:
    """The notes that nothing lower sounds below when they start; as extract_melody."""
    return _outer_voice(notes, -1)


def _outer_voice(notes: np.ndarray, direction: int) -> np.ndarray:
    """direction: 1 for the highest notes, -1 for the lowest."""
    height = direction * notes[:, 2]
    outermost = np.full(notes[:, 1].max(initial=0) + TOGETHER + 1, -1000)
    for note in np.argsort(height, kind="stable"):
        start, end = notes[note, :2]
        outermost[start : max(end, start + TOGETHER + 1)] = height[note]
    # a moment after its start, since a chord's notes do not start in the same frame
    voice = notes[height >= outermost[notes[:, 0] + TOGETHER]]
    later = np.diff(voice[:, 0], prepend=-1000) > TOGETHER
    return voice[later]
