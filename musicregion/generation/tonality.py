"""Finds the key of notes: what a score is spelled in, and what chords are chosen from."""

from dataclasses import dataclass

import numpy as np

from musicregion.features.tonic import score_tonics

MODES = {  # semitones of its scale above the tonic
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
}
FLATTER = {"major": 0, "mixolydian": 1, "dorian": 2, "minor": 3}  # steps on the circle of fifths
STEPS = "FCGDAEB"  # in fifths
MOST_FLATS = 5  # of a key signature; with one more it is written in sharps


@dataclass(frozen=True)
class Tonality:
    """tonic: pitch class. mode: a name of MODES."""

    tonic: int
    mode: str

    @property
    def sharps(self) -> int:
        """Of the key signature; negative: flats."""
        return (7 * self.tonic - FLATTER[self.mode] + MOST_FLATS) % 12 - MOST_FLATS

    @property
    def scale(self) -> tuple[int, ...]:
        """The pitch classes from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in MODES[self.mode])

    @property
    def is_minor(self) -> bool:
        """Whether its third is minor."""
        return MODES[self.mode][2] == 3

    def spell(self, pitch_class: int) -> tuple[str, int]:
        """The letter and the alteration (semitones) that a pitch class is written with."""
        # in fifths from C: from the flat third of a major key to the leading tone of a minor one
        lowest = self.sharps - 3
        fifths = lowest + (7 * pitch_class - lowest) % 12
        return STEPS[(fifths + 1) % 7], (fifths + 1) // 7

    @property
    def name(self) -> str:
        """Such as "D dorian"."""
        letter, alteration = self.spell(self.tonic)
        return f"{letter}{'♯' * alteration}{'♭' * -alteration} {self.mode}"


def find_mode(profile: np.ndarray, tonic: int) -> str:
    """The mode whose third, and then sixth or seventh, sound longest.

    profile: how long each pitch class sounds, [12].
    """
    above = np.roll(profile, -tonic)
    if above[3] > above[4]:
        return "dorian" if above[9] > above[8] else "minor"
    return "mixolydian" if above[10] > above[11] else "major"


def find_tonality(pieces: list[np.ndarray], one_voice: bool) -> Tonality:
    """The key that most of the pieces are in.

    pieces: notes [note, (start, length, pitch)]. one_voice: they are melodies, whose last note is
    the tonic; else the tonic is estimated as in features.tonic.
    """
    notes = np.concatenate(pieces)
    classes = notes[:, 2].astype(int) % 12
    profile = np.bincount(classes, notes[:, 1], 12)
    if one_voice:
        tonic = int(pieces[0][-1, 2]) % 12
    else:
        low = notes[:, 2] <= np.quantile(notes[:, 2], 0.25)
        bass = np.bincount(classes[low], notes[low, 1], 12)
        tonic = int(score_tonics(profile[None], bass[None])[0].argmax())
    return Tonality(tonic, find_mode(profile, tonic))
