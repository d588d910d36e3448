"""Writes down the tunes of a new song, with a repeat around each and the names of its chords.

Of pieces with several voices the highest is written down.
"""

from dataclasses import dataclass
from fractions import Fraction

from musicregion.generation.harmony import Chord, choose_chords
from musicregion.generation.order import Piece
from musicregion.generation.quantise import Written, choose_meter, quantise
from musicregion.generation.tonality import Tonality, find_tonality

COMPOUND = 8  # denominator of meters whose beat is three of their notes


@dataclass(frozen=True)
class WrittenTune:
    """notes: one at a time. meter: numerator and denominator. chords: of each bar.

    upbeat: 1 if the first bar is but an upbeat, else 0.
    """

    notes: list[Written]
    meter: tuple[int, int]
    chords: list[Chord]
    upbeat: int

    @property
    def bar(self) -> Fraction:
        """Quarter beats."""
        return Fraction(4 * self.meter[0], self.meter[1])

    @property
    def changes(self) -> dict[int, Chord]:
        """The chord of each bar, by its number from 0, that has another one than the bar before.

        Not of an upbeat.
        """
        full = range(self.upbeat, len(self.chords))
        return {
            index: self.chords[index]
            for index in full
            if index == self.upbeat or self.chords[index] != self.chords[index - 1]
        }

    @property
    def beat(self) -> Fraction:
        """Quarter beats between two beats."""
        compound = self.meter[1] == COMPOUND and self.meter[0] % 3 == 0
        return Fraction(3, 2) if compound else Fraction(1)


@dataclass(frozen=True)
class Score:
    """What is written of a song. tempo: quarter beats a minute."""

    title: str
    tonality: Tonality
    tempo: float
    tunes: list[WrittenTune]


def write_down(pieces: list[Piece], one_voice: bool, tempo: float, title: str) -> Score:
    """The score of a song.

    pieces: at the pitches that sound. one_voice: they are melodies. tempo: quarter beats a minute.
    """
    tonality = find_tonality([notes for notes, _ in pieces], one_voice)
    tunes = []
    for notes, bar in pieces:
        written = quantise(notes)
        chords = choose_chords(notes, bar, tonality, one_voice)
        meter = choose_meter(written, bar)
        upbeat = bar / 2 <= written[0][0] < bar
        tunes.append(WrittenTune(written, meter, chords, int(upbeat)))
    return Score(title, tonality, tempo, tunes)
