"""Chooses chords for a melody: one a bar, with cadences where phrases end.

A chord for each bar is a path through the triads of the key: what the bar's notes say, and which
chord tends to follow which, as in the hidden Markov model of I. Simon, D. Morris and S. Basu
(MySong, CHI 2008), with weights set by hand after textbooks of harmony.
"""

from dataclasses import dataclass

import numpy as np

from musicregion.generation.tonality import Tonality

PHRASE = 4  # bars
TONIC, SUPERTONIC, SUBDOMINANT, DOMINANT, SUBMEDIANT, SUBTONIC = 0, 1, 3, 4, 5, 6  # degrees
FOLLOWS = {  # from degree to degree: what a step is worth, in shares of a bar's notes
    (DOMINANT, TONIC): 0.3,
    (SUBDOMINANT, DOMINANT): 0.2,
    (SUPERTONIC, DOMINANT): 0.2,
    (SUBTONIC, TONIC): 0.2,
    (SUBDOMINANT, TONIC): 0.1,
    (TONIC, SUBDOMINANT): 0.1,
    (TONIC, DOMINANT): 0.1,
    (TONIC, SUBTONIC): 0.1,
    (TONIC, SUBMEDIANT): 0.05,
    (SUBMEDIANT, SUBDOMINANT): 0.1,
    (SUBMEDIANT, SUPERTONIC): 0.1,
    (DOMINANT, SUBDOMINANT): -0.2,
    (DOMINANT, SUPERTONIC): -0.3,
}
ON_ROOT = 0.15  # what notes on the root are worth more
PHRASE_END = {TONIC: 0.15, DOMINANT: 0.2}  # an open or a closed end
BEFORE_LAST = {DOMINANT: 0.4, SUBTONIC: 0.25, SUBDOMINANT: 0.15}
CERTAIN = 9.0  # the first full bar's and the last bar's tonic


@dataclass(frozen=True)
class Chord:
    """A triad. degree: of the scale, from 0. root: pitch class. third: semitones above it."""

    degree: int
    root: int
    third: int

    @property
    def pitch_classes(self) -> tuple[int, int, int]:
        """Root, third and fifth."""
        return self.root, (self.root + self.third) % 12, (self.root + 7) % 12


def triads(tonality: Tonality) -> list[Chord]:
    """The major and minor triads of a key. The dominant is major in every mode, as in cadences."""
    scale = tonality.scale
    chords = []
    for degree in (TONIC, SUPERTONIC, SUBDOMINANT, DOMINANT, SUBMEDIANT, SUBTONIC):
        root, third, fifth = (scale[(degree + step) % 7] for step in (0, 2, 4))
        if (fifth - root) % 12 == 7:  # not a diminished triad
            size = 4 if degree == DOMINANT else (third - root) % 12
            chords.append(Chord(degree, root, size))
    return chords


def bar_profile(notes: np.ndarray, start: float, bar: float) -> np.ndarray:
    """How long each pitch class sounds in the bar from `start`, [12]; the downbeat counts double.

    notes: [note, (start, length, pitch)].
    """
    begin = np.maximum(notes[:, 0], start)
    sounding = np.minimum(notes[:, 0] + notes[:, 1], start + bar) - begin
    weights = np.maximum(sounding, 0) * np.where(begin == start, 2, 1)
    return np.bincount(notes[:, 2].astype(int) % 12, weights, 12)


def bar_count(notes: np.ndarray, bar: float) -> int:
    """How many bars notes [note, (start, length, pitch)] last."""
    return int(np.ceil(round((notes[:, 0] + notes[:, 1]).max() / bar, 3)))


def upbeat_bars(notes: np.ndarray, bar: float) -> int:
    """1 if the first bar is but an upbeat, else 0."""
    return int(bar / 2 <= notes[:, 0].min() < bar)


def choose_chords(
    notes: np.ndarray, bar: float, tonality: Tonality, closed: bool = True
) -> list[Chord]:
    """The chord of each bar.

    notes: [note, (start, length, pitch)], quarter beats, the first bar at 0. bar: quarter beats.
    closed: the piece begins and ends on the tonic.
    """
    chords, count = triads(tonality), bar_count(notes, bar)
    first = upbeat_bars(notes, bar)
    moves = np.array([[FOLLOWS.get((a.degree, b.degree), 0.0) for b in chords] for a in chords])
    total, arrivals = np.zeros(len(chords)), []
    for index in range(count):
        profile = bar_profile(notes, index * bar, bar)
        profile /= max(profile.sum(), 1e-9)
        worth = np.array(
            [
                profile[list(chord.pitch_classes)].sum() + ON_ROOT * profile[chord.root]
                for chord in chords
            ]
        )
        degrees = [chord.degree for chord in chords]
        if (index - first) % PHRASE == PHRASE - 1:
            worth += [PHRASE_END.get(degree, 0.0) for degree in degrees]
        if closed and index == count - 2:
            worth += [BEFORE_LAST.get(degree, 0.0) for degree in degrees]
        if closed and index in (first, count - 1):
            worth += [CERTAIN * (degree == TONIC) for degree in degrees]
        steps = total[:, None] + (moves if index else 0)  # [chord before, chord]
        arrivals.append(steps.argmax(axis=0))
        total = steps.max(axis=0) + worth
    path = [int(total.argmax())]
    for arrival in reversed(arrivals[1:]):
        path.append(int(arrival[path[-1]]))
    return [chords[index] for index in reversed(path)]
