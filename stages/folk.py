"""The `folk:` source of a corpus: real tunes from the ABC files that the music21 package ships.

The files are read as package data: importing music21 takes seconds, and its ABC parser minutes.
"""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stages.corpus import FolkSource
from stages.silence import silence

BEGINNING = 16  # notes; two tunes that share so many intervals are one melody
FEWEST_NOTES, LONGEST = 16, 256  # notes, quarter beats
TUNES_PER_SONG = (1, 2, 3)
# the Essen files are UTF-8 of what was code page 437: ä is U+0084, ß is U+00E1
UMLAUTS = {code: bytes([code]).decode("cp437") for code in [*range(0x80, 0xA0), 0xE1]}


@dataclass(frozen=True)
class Tune:
    """A melody. notes: [note, (start, length, pitch)] in quarter beats and MIDI numbers."""

    title: str
    notes: np.ndarray
    bar: float  # quarter beats
    upbeat: float  # quarter beats before the first bar line


@dataclass(frozen=True)
class Recipe:
    """What one song of a region is made from."""

    song: str
    region: str
    number: int  # from 0 within the region
    tunes: tuple[Tune, ...]


def collection() -> Path:
    """The folder of scores inside the installed music21 package."""
    return Path(importlib.util.find_spec("music21").origin).parent / "corpus"


def texts(source: FolkSource) -> list[str]:
    """The ABC text of every tune of a source, in the files' order."""
    found = []
    for pattern in source.folk:
        files = sorted(collection().glob(pattern))
        if not files:
            raise SystemExit(f"folk: {pattern!r} matches no file in the music21 package's corpus/")
        for file in files:
            text = file.read_text("utf-8").translate(UMLAUTS)
            found += re.split(r"(?m)^(?=X:)", text)[1:]
    return [text for text in found if source.origin in "".join(re.findall(r"(?m)^O:(.*)", text))]


def parse(text: str) -> Tune | None:
    """Read one ABC tune; None where it is damaged, not one voice, too short or too long."""
    import symusic

    try:
        score = symusic.Score.from_abc(text)
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
    if len(notes) < FEWEST_NOTES or notes[-1, 0] + notes[-1, 1] > LONGEST:
        return None
    meter = score.time_signatures[0]
    bar = 4.0 * meter.numerator / meter.denominator
    # abc2midi plays the first note of a bar loudest
    loudest = max(n.velocity for n in tracks[0].notes)
    heavy = np.array([n.velocity == loudest for n in tracks[0].notes])
    phases, counts = np.unique(np.round(notes[heavy, 0] % bar, 3), return_counts=True)
    title = re.search(r"(?m)^T:(.*)", text)
    return Tune(
        title[1].strip() if title else "untitled", notes, bar, float(phases[counts.argmax()])
    )


def identities(tune: Tune) -> set[str]:
    """Names under which the same melody would come again: its title, and how it begins."""
    words = re.sub(r"[^a-z]", "", re.sub(r",? S\. ?\d+.*", "", tune.title).lower())
    return {words, str(np.diff(tune.notes[:BEGINNING, 2]).astype(int).tolist())}


def allot(shares: dict[str, int], songs: int) -> dict[str, int]:
    """Divide a number of songs in proportion to the shares, by largest remainder; sums exactly."""
    exact = {region: songs * share / sum(shares.values()) for region, share in shares.items()}
    whole = {region: int(number) for region, number in exact.items()}
    left = sorted(exact, key=lambda region: whole[region] - exact[region])
    return whole | {region: whole[region] + 1 for region in left[: songs - sum(whole.values())]}


def recipes(sources: dict[str, FolkSource], songs: int, seed: int) -> list[Recipe]:
    """Choose the tunes of every song, seeded. No melody is in two songs.

    A larger number of songs keeps the first songs of each region as they were, but for tunes
    that a region named earlier in the corpus file now needs.

    sources: by region.
    """
    counts = allot({name: source.share for name, source in sources.items()}, songs)
    used: set[str] = set()
    made = []
    for place, (region, source) in enumerate(sources.items()):
        abc = texts(source)
        random = np.random.default_rng([seed, place])
        waiting = iter(random.permutation(len(abc)))
        for number in range(counts[region]):
            wanted = int(random.choice(TUNES_PER_SONG))
            chosen: list[Tune] = []
            while len(chosen) < wanted:
                which = next(waiting, None)
                if which is None:
                    raise SystemExit(
                        f"folk.songs is {songs}: {region} has tunes for {number} songs only"
                    )
                with silence():
                    tune = parse(abc[which])
                if tune is None or identities(tune) & used:
                    continue
                used |= identities(tune)
                chosen.append(tune)
            made.append(Recipe(f"{region.lower()}-{number + 1:04}", region, number, tuple(chosen)))
    return made
