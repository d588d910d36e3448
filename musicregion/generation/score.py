"""Writes down the tunes of a new song, with a repeat around each and the names of its chords.

Of pieces with several voices the highest is written down.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from musicregion.generation.harmony import Chord, choose_chords, upbeat_bars
from musicregion.generation.order import Piece
from musicregion.generation.quantise import Written, choose_meter, quantise, split_at_edges
from musicregion.generation.tonality import Tonality, find_tonality

if TYPE_CHECKING:
    from music21 import stream

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}  # semitones
TIES = {(False, True): "start", (True, True): "continue", (True, False): "stop"}
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
        tunes.append(WrittenTune(written, meter, chords, upbeat_bars(notes, bar)))
    return Score(title, tonality, tempo, tunes)


def _name(tonality: Tonality, pitch_class: int) -> str:
    """As music21 spells it: "F#", "B-"."""
    letter, alteration = tonality.spell(pitch_class)
    return letter + "#" * alteration + "-" * -alteration


def _pitch_name(tonality: Tonality, pitch: int) -> str:
    letter, alteration = tonality.spell(pitch % 12)
    octave = (pitch - alteration - NATURALS[letter]) // 12 - 1
    return f"{_name(tonality, pitch % 12)}{octave}"


def _cut_upbeat(measure: "stream.Measure") -> None:
    """Take the rest before an upbeat out of its bar."""
    (rest, *_) = measure.notesAndRests
    measure.remove(rest, shiftOffsets=True)
    measure.paddingLeft = rest.quarterLength


def fill_measures(tune: WrittenTune, tonality: Tonality) -> list["stream.Measure"]:
    """The bars of a tune as music21 has them."""
    from music21 import bar, harmony, note, stream, tie

    count = len(tune.chords)
    measures = [stream.Measure(number=index + 1) for index in range(count)]
    ends, tied_before = [Fraction(0)] * count, False
    for (start, end, pitch), tied in split_at_edges(tune.notes, tune.bar):
        index = int(start // tune.bar)
        measure, offset = measures[index], start - index * tune.bar
        if offset > ends[index]:
            measure.insert(ends[index], note.Rest(quarterLength=offset - ends[index]))
        written = note.Note(_pitch_name(tonality, pitch), quarterLength=end - start)
        if tied or tied_before:
            written.tie = tie.Tie(
                "continue" if tied and tied_before else "start" if tied else "stop"
            )
        measure.insert(offset, written)
        ends[index], tied_before = offset + end - start, tied
    for measure, end in zip(measures, ends, strict=True):
        if end < tune.bar:
            measure.insert(end, note.Rest(quarterLength=tune.bar - end))
    for index, chord in enumerate(tune.chords[tune.upbeat :], tune.upbeat):
        if index == tune.upbeat or chord != tune.chords[index - 1]:
            kind = "major" if chord.third == 4 else "minor"
            root = _name(tonality, chord.root)
            measures[index].insert(0, harmony.ChordSymbol(root=root, kind=kind))
    if tune.upbeat:
        _cut_upbeat(measures[0])
    measures[0].leftBarline = bar.Repeat("start")
    measures[-1].rightBarline = bar.Repeat("end")
    return measures


def to_music21(score: Score) -> "stream.Score":
    """The score as music21 has it: one part, the tunes one after the other."""
    from music21 import clef, key, metadata, meter, note, stream, tempo

    part = stream.Part()
    for index, tune in enumerate(score.tunes):
        measures = fill_measures(tune, score.tonality)
        first = measures[0]
        first.insert(0, meter.TimeSignature("{}/{}".format(*tune.meter)))
        if not index:
            first.insert(0, clef.TrebleClef())
            first.insert(0, key.KeySignature(score.tonality.sharps))
            referent = note.Note(quarterLength=tune.beat).duration
            number = round(score.tempo / float(tune.beat))
            first.insert(0, tempo.MetronomeMark(number=number, referent=referent))
        for measure in measures:
            measure.number = len(part) + 1
            part.append(measure)
    whole = stream.Score([part])
    whole.metadata = metadata.Metadata(title=score.title)
    return whole
