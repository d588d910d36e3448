"""Writes a score as files: MusicXML by music21, ABC by symusic, a picture by Verovio."""

import re
from pathlib import Path
from typing import Any

import symusic
import verovio

from musicregion.generation.music21_score import to_music21
from musicregion.generation.score import Score, WrittenTune

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
ABC_MODES = {"major": "", "mixolydian": "mix", "dorian": "dor", "minor": "m"}


def to_musicxml(score: Score) -> str:
    """A MusicXML file: for notation programs. Without a date, so that a song is the same bytes."""
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    text = GeneralObjectExporter(to_music21(score)).parse().decode()
    return re.sub(r"\n *<encoding-date>.*</encoding-date>", "", text)


def _abc_bars(tune: WrittenTune, sharps: int) -> tuple[str, str]:
    """The unit of lengths (shares of a whole note) and the bars of a tune."""
    midi: Any = symusic.Score(TICKS)
    midi.time_signatures.append(symusic.TimeSignature(0, *tune.meter))
    midi.key_signatures.append(symusic.KeySignature(0, sharps, 0))
    track: Any = symusic.Track()
    for start, end, pitch in tune.notes:
        track.notes.append(symusic.Note(int(start * TICKS), int((end - start) * TICKS), pitch, 90))
    midi.tracks.append(track)
    lines = midi.dumps_abc().splitlines()
    (unit,) = [line[2:].strip() for line in lines if line.startswith("L:")]
    bars = [line for line in lines if line.strip() and not re.match("[A-Z]:|%", line)]
    return unit, "\n".join(line.removesuffix("\\").strip() for line in bars).rstrip("|")


def to_abc(score: Score) -> str:
    """An ABC file with a tune for each of the score's; without the chords."""
    letter, alteration = score.tonality.spell(score.tonality.tonic)
    key = letter + "#" * alteration + "b" * -alteration + ABC_MODES[score.tonality.mode]
    tunes = []
    for number, tune in enumerate(score.tunes, 1):
        beats_a_minute = round(score.tempo / float(tune.beat))
        unit, bars = _abc_bars(tune, score.tonality.sharps)
        tunes.append(
            f"X:{number}\nT:{score.title}, tune {number}\nM:{tune.meter[0]}/{tune.meter[1]}\n"
            f"L:{unit}\nQ:{tune.beat / 4}={beats_a_minute}\nK:{key}\n|:{bars}:|\n"
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
