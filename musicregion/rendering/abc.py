"""Reads the folk tunes that the music21 package ships as ABC files.

The files are read as package data: importing music21 takes seconds, and its ABC parser minutes.
"""

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np

from musicregion.config.corpus import FolkSource
from musicregion.errors import ConfigError
from musicregion.rendering.tune import Tune

FEWEST_NOTES, LONGEST_TUNE = 16, 256  # notes, quarter beats
# the Essen files are UTF-8 of what was code page 437: ä is U+0084, ß is U+00E1
UMLAUTS = {code: bytes([code]).decode("cp437") for code in [*range(0x80, 0xA0), 0xE1]}


def music21_corpus() -> Path:
    """The folder of scores inside the installed music21 package."""
    return Path(str(distribution("music21").locate_file("music21/corpus")))


def read_tunes(source: FolkSource) -> list[str]:
    """The ABC text of every tune of a source, in the files' order.

    Raises:
        ConfigError: a glob matches no file.
    """
    corpus = music21_corpus()
    texts: list[str] = []
    for pattern in source.folk:
        files = sorted(corpus.glob(pattern))
        if not files:
            raise ConfigError(f"folk: {pattern!r} matches no file in the music21 package's corpus/")
        for file in files:
            content = file.read_text("utf-8").translate(UMLAUTS)
            texts += re.split(r"(?m)^(?=X:)", content)[1:]
    return [text for text in texts if source.origin in "".join(re.findall(r"(?m)^O:(.*)", text))]


def parse_tune(text: str) -> Tune | None:
    """Read one ABC tune; None if it is damaged, has several voices, or is too short or too long."""
    import symusic

    try:
        score: Any = symusic.Score.from_abc(text)
    except RuntimeError:
        return None
    tracks = [track for track in score.tracks if len(track.notes)]
    if len(tracks) != 1 or not score.time_signatures:
        return None
    beat = score.ticks_per_quarter
    # abc2midi starts at tick 1 and ends a tick early
    notes = np.array(
        [((n.time - 1) / beat, (n.duration + 1) / beat, n.pitch) for n in tracks[0].notes]
    )
    if len(notes) < FEWEST_NOTES or notes[-1, 0] + notes[-1, 1] > LONGEST_TUNE:
        return None
    meter = score.time_signatures[0]
    bar = 4.0 * meter.numerator / meter.denominator
    # abc2midi plays the first note of a bar loudest
    loudest = max(n.velocity for n in tracks[0].notes)
    accented = np.array([n.velocity == loudest for n in tracks[0].notes])
    phases, counts = np.unique(np.round(notes[accented, 0] % bar, 3), return_counts=True)
    title = re.search(r"(?m)^T:(.*)", text)
    return Tune(
        title[1].strip() if title else "untitled", notes, bar, float(phases[counts.argmax()])
    )
