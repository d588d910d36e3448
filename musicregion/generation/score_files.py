"""Writes a score as files: MusicXML by music21, ABC by symusic, a picture by Verovio."""

import re
from pathlib import Path
from typing import Any

import symusic
import verovio

from musicregion.generation.music21_score import to_music21
from musicregion.generation.score import Score, WrittenTune
from musicregion.generation.tonality import Tonality

TICKS = 480  # of a quarter beat
PICTURE = {  # Verovio's options
    "pageWidth": 2000,
    "scale": 50,  # percent: a width of 1000 pixels
    "pageHeight": 60_000,  # the most, so that all is on one page
    "adjustPageHeight": True,
    "footer": "none",
    "xmlIdSeed": 1,  # the same names of elements every time
    "svgCss": "svg {background: white}",  # the page may be dark
}
ROW = 4  # bars in a line of ABC
ABC_MODES = {"major": "", "mixolydian": "mix", "dorian": "dor", "minor": "m"}


def to_musicxml(score: Score) -> str:
    """A MusicXML file: for notation programs. Without a date, so that a song is the same bytes."""
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    text = GeneralObjectExporter(to_music21(score)).parse().decode()
    return re.sub(r"\n *<encoding-date>.*</encoding-date>", "", text)


def _abc_name(tonality: Tonality, pitch_class: int) -> str:
    letter, alteration = tonality.spell(pitch_class)
    return letter + "#" * alteration + "b" * -alteration


def _abc_bars(tune: WrittenTune, tonality: Tonality) -> tuple[str, str]:
    """The unit of lengths (shares of a whole note), and the bars of a tune with their chords."""
    midi: Any = symusic.Score(TICKS)
    midi.time_signatures.append(symusic.TimeSignature(0, *tune.meter))
    midi.key_signatures.append(symusic.KeySignature(0, tonality.sharps, 0))
    track: Any = symusic.Track()
    for start, end, pitch in tune.notes:
        track.notes.append(symusic.Note(int(start * TICKS), int((end - start) * TICKS), pitch, 90))
    midi.tracks.append(track)
    lines = midi.dumps_abc().splitlines()
    (unit,) = [line[2:].strip() for line in lines if line.startswith("L:")]
    music = [line for line in lines if line.strip() and not re.match("[A-Z]:|%", line)]
    text = " ".join(line.removesuffix("\\").strip() for line in music)
    bars = [bar.strip() for bar in text.split("|") if bar.strip()]
    for index, chord in tune.changes.items():
        if index < len(bars):  # rests at the end are left out
            name = _abc_name(tonality, chord.root) + "m" * (chord.third == 3)
            bars[index] = f'"{name}"{bars[index]}'
    rows = [" | ".join(bars[first : first + ROW]) for first in range(0, len(bars), ROW)]
    return unit, " |\n".join(rows)


def to_abc(score: Score) -> str:
    """An ABC file with a tune for each of the score's."""
    key = _abc_name(score.tonality, score.tonality.tonic) + ABC_MODES[score.tonality.mode]
    tunes = []
    for number, tune in enumerate(score.tunes, 1):
        beats_a_minute = round(score.tempo / float(tune.beat))
        unit, bars = _abc_bars(tune, score.tonality)
        tunes.append(
            f"X:{number}\nT:{score.title}, tune {number}\nM:{tune.meter[0]}/{tune.meter[1]}\n"
            f"L:{unit}\nQ:{tune.beat / 4}={beats_a_minute}\nK:{key}\n|: {bars} :|\n"
        )
    return "\n".join(tunes)


def draw_score(musicxml: str) -> str:
    """The picture of a MusicXML file, SVG, as high as its contents."""
    verovio.enableLog(verovio.LOG_ERROR)
    toolkit = verovio.toolkit()
    toolkit.setOptions(PICTURE)
    toolkit.loadData(musicxml)
    return str(toolkit.renderToSVG(1))


def write_score(score: Score, stem: Path) -> None:
    """Write <stem>.musicxml, .abc and .svg."""
    musicxml = to_musicxml(score)
    stem.with_suffix(".musicxml").write_text(musicxml, "utf-8")
    stem.with_suffix(".abc").write_text(to_abc(score), "utf-8")
    stem.with_suffix(".svg").write_text(draw_score(musicxml), "utf-8")
