"""What is counted in a tune beyond its notes: phrases, cadences, tonic, likeness of its bars.

Notes are [note, (start, length, pitch)], starts and lengths in quarter beats, as is `bar`.
"""

import numpy as np

from musicregion.composition.novelty import skyline
from musicregion.composition.pieces import estimate_tonic
from musicregion.composition.vocabulary import GRID

PAUSE = 2  # median distances of onsets: a note that lasts so long ends a phrase
FEWEST = 3  # notes before the one that ends a phrase
LONGEST_PHRASE = 8  # bars; longer phrases count as this long


def count_degrees(notes: np.ndarray) -> np.ndarray:
    """Sounding time by pitch class above the last note, [12]."""
    degrees = (notes[:, 2] - notes[-1, 2]).astype(int) % 12
    return np.bincount(degrees, notes[:, 1], 12)


def phrase_ends(melody: np.ndarray) -> np.ndarray:
    """Which notes of a melody end a phrase: the last, and long ones after FEWEST others, [note].

    A pause or a long note is the strongest sign of a boundary: D. Temperley, The Cognition of Basic
    Musical Structures, 2001.
    """
    gaps = np.diff(melody[:, 0])
    ends = np.append(gaps >= PAUSE * np.median(gaps), True)
    first = 0
    for note in np.flatnonzero(ends[:-1]):
        if note - first < FEWEST:
            ends[note] = False
        else:
            first = note + 1
    return ends


def count_phrases(notes: np.ndarray, bar: float) -> np.ndarray:
    """Number of phrases of 0, 1, 2, … bars, [9]. bar: quarter beats."""
    melody = skyline(notes)
    starts = melody[np.append(True, phrase_ends(melody)[:-1]), 0]
    ends = (melody[:, 0] + melody[:, 1])[phrase_ends(melody)]
    bars = np.round((ends - starts) / bar).astype(int).clip(0, LONGEST_PHRASE)
    return np.bincount(bars, minlength=LONGEST_PHRASE + 1)


def count_cadences(notes: np.ndarray) -> np.ndarray:
    """Number of phrases that end on each pitch class above the last note, [12]."""
    melody = skyline(notes)
    degrees = (melody[:, 2] - melody[-1, 2]).astype(int) % 12
    return np.bincount(degrees[phrase_ends(melody)], minlength=12)


def split_bars(notes: np.ndarray, bar: float) -> list[set[tuple[int, int]]]:
    """The melody of each bar: grid position and pitch of its notes. bar: quarter beats."""
    melody = skyline(notes)
    numbers = (melody[:, 0] // bar).astype(int)
    positions = np.round((melody[:, 0] - numbers * bar) * GRID).astype(int)
    bars: list[set[tuple[int, int]]] = [set() for _ in range(numbers[-1] + 1)]
    for number, position, pitch in zip(numbers, positions, melody[:, 2], strict=True):
        bars[number].add((int(position), int(pitch)))
    return bars


def self_similarity(notes: np.ndarray, bar: float, lag: int) -> float:
    """Share of notes that the bar `lag` bars earlier has too, over bars that have one so far back.

    The mean of Dice's coefficients; nan if the piece has no more than `lag` bars.
    """
    bars = split_bars(notes, bar)
    pairs = [pair for pair in zip(bars[:-lag], bars[lag:], strict=True) if all(pair)]
    shares = [2 * len(left & right) / (len(left) + len(right)) for left, right in pairs]
    return float(np.mean(shares)) if shares else float("nan")


def ends_on_tonic(notes: np.ndarray) -> bool:
    """Whether the last note is the tonic of the key whose profile fits the whole piece best."""
    return estimate_tonic(notes) == int(notes[-1, 2]) % 12


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
