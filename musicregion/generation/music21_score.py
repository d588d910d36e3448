"""Turns a score into music21's, which knows how to beam it and to write it as MusicXML."""

from fractions import Fraction
from typing import TYPE_CHECKING

from musicregion.generation.harmony import Chord
from musicregion.generation.quantise import split_at_edges
from musicregion.generation.score import Score, WrittenTune
from musicregion.generation.tonality import Tonality

if TYPE_CHECKING:
    from music21 import stream

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}  # semitones
PART, PLAYER = "P1", "P1-I1"  # names within a MusicXML file
TIES = {(False, True): "start", (True, True): "continue", (True, False): "stop"}


def _name(tonality: Tonality, pitch_class: int) -> str:
    """As music21 spells it: "F#", "B-"."""
    letter, alteration = tonality.spell(pitch_class)
    return letter + "#" * alteration + "-" * -alteration


def _pitch_name(tonality: Tonality, pitch: int) -> str:
    letter, alteration = tonality.spell(pitch % 12)
    octave = (pitch - alteration - NATURALS[letter]) // 12 - 1
    return f"{_name(tonality, pitch % 12)}{octave}"


def _cut_upbeat(measure: "stream.Measure") -> None:
    """Take the rests before an upbeat out of its bar."""
    (first, *_) = measure.notes
    measure.paddingLeft = first.offset
    for rest in list(measure.getElementsByClass("Rest")):
        if rest.offset < measure.paddingLeft:
            measure.remove(rest)
    measure.shiftElements(-measure.paddingLeft)


def _add_rests(measure: "stream.Measure", start: Fraction, end: Fraction) -> None:
    """Fill a bar with rests from start to end, quarter beats in the bar."""
    from music21 import note

    if start < end:
        for (begin, stop, _), _ in split_at_edges([(start, end, 0)], end):
            measure.insert(begin, note.Rest(quarterLength=stop - begin))


def fill_measures(tune: WrittenTune, tonality: Tonality) -> list["stream.Measure"]:
    """The bars of a tune as music21 has them, without chords."""
    from music21 import bar, note, stream, tie

    measures, tied_before = [stream.Measure() for _ in tune.chords], False
    ends = [Fraction(0)] * len(measures)
    for (start, end, pitch), tied in split_at_edges(tune.notes, tune.bar):
        index = int(start // tune.bar)
        measure, offset = measures[index], start - index * tune.bar
        _add_rests(measure, ends[index], offset)
        written = note.Note(_pitch_name(tonality, pitch), quarterLength=end - start)
        if tied or tied_before:
            written.tie = tie.Tie(TIES[tied_before, tied])
        measure.insert(offset, written)
        ends[index], tied_before = offset + end - start, tied
    for measure, end in zip(measures, ends, strict=True):
        _add_rests(measure, end, tune.bar)
    if tune.upbeat:
        _cut_upbeat(measures[0])
    measures[0].leftBarline = bar.Repeat("start")
    measures[-1].rightBarline = bar.Repeat("end")
    return measures


def add_chords(
    measures: list["stream.Measure"], changes: dict[int, Chord], tonality: Tonality
) -> None:
    """Write the name of each chord above the bar that changes to it."""
    from music21 import harmony

    for index, chord in changes.items():
        kind = "major" if chord.third == 4 else "minor"
        symbol = harmony.ChordSymbol(root=_name(tonality, chord.root), kind=kind)
        measures[index].insert(0, symbol)


def to_music21(score: Score) -> "stream.Score":
    """The score as music21 has it: one part, the tunes one after the other."""
    from music21 import clef, instrument, key, metadata, meter, note, stream, tempo

    part, meters = stream.Part(), [None, *(tune.meter for tune in score.tunes)]
    tunes = [fill_measures(tune, score.tonality) for tune in score.tunes]
    for tune, measures, before in zip(score.tunes, tunes, meters, strict=False):
        if tune.meter != before:
            measures[0].insert(0, meter.TimeSignature("{}/{}".format(*tune.meter)))
        for measure in measures:
            measure.number = len(part) + 1
            part.append(measure)
    first, beat = tunes[0][0], score.tunes[0].beat
    player = instrument.Instrument()
    player.partId, player.instrumentId = PART, PLAYER  # else random ones
    first.insert(0, player)
    first.insert(0, clef.TrebleClef())
    first.insert(0, key.KeySignature(score.tonality.sharps))
    number, referent = round(score.tempo / float(beat)), note.Note(quarterLength=beat).duration
    first.insert(0, tempo.MetronomeMark(number=number, referent=referent))
    part.makeAccidentals(inPlace=True)  # before there are chords, whose names would get them too
    for tune, measures in zip(score.tunes, tunes, strict=True):
        add_chords(measures, tune.changes, score.tonality)
    whole = stream.Score([part])
    whole.metadata = metadata.Metadata(title=score.title, composer="musicregion generate")
    return whole
