"""Many different songs from few: excerpts at another pitch and tempo, in another room.

Some are copies of the song before them, softer and cut: what the stage fingerprint has to find.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile
import soxr

from benchmarks.games import GAMES
from musicregion.audio.decode import decode
from musicregion.compute.parallel import map_songs
from musicregion.errors import InputError

RATE = 22050  # Hz
SECONDS = 20  # of each song
LEAST = 8  # seconds; a shorter source makes no song
# of an excerpt, semitones; far enough from one another that no two are the same recording
TRANSPOSITIONS = (-4.5, -1.5, 1.5, 4.5, -7.5)
ROOM = 0.3  # seconds until its echo is 60 dB softer
WET = 0.2  # level of the echo
COPIED = 50  # the last of so many songs is a copy of the one before it
COPY_LEVEL, COPY_CUT = 0.5, 2.3  # of a copy; seconds that it lacks at the start


@dataclass(frozen=True)
class Excerpt:
    """A part of a source that becomes a song."""

    source: Path
    start: float  # seconds
    transposition: float  # semitones, of pitch and tempo together


def list_excerpts(durations: dict[Path, float]) -> list[Excerpt]:
    """All excerpts, of the sources in turn. durations: of the sources, seconds."""
    turns = [
        [
            Excerpt(source, start, transposition)
            for transposition, start in product(
                TRANSPOSITIONS, np.arange(0, max(1, duration - LEAST), SECONDS * 1.3)
            )
        ]
        for source, duration in durations.items()
        if duration >= LEAST
    ]
    longest = max(map(len, turns))
    return [turn[number] for number in range(longest) for turn in turns if number < len(turn)]


def require_excerpts(durations: dict[Path, float], count: int) -> list[Excerpt]:
    """The excerpts that become `count` songs, with their copies. durations: as of list_excerpts.

    Raises:
        InputError: the sources are too short for so many.
    """
    excerpts, needed = list_excerpts(durations), count - count // COPIED
    if len(excerpts) < needed:
        raise InputError(f"{GAMES} is enough for {len(excerpts)} excerpts, not for {needed}.")
    return excerpts[:needed]


def vary(wave: np.ndarray, transposition: float, seed: int) -> np.ndarray:
    """A wave at another pitch and tempo in a room, float32 [sample]. seed: of the room."""
    factor = 2 ** (transposition / 12)
    wave = soxr.resample(wave, RATE * factor, RATE, quality="MQ")[: SECONDS * RATE]
    time = np.arange(round(ROOM * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal(len(time))
    echo = noise * 10 ** (-3 * time / ROOM)
    echo *= WET / np.linalg.norm(echo)
    wave = wave + scipy.signal.fftconvolve(wave, echo)[: len(wave)]
    return (0.7 * wave / max(1e-6, np.abs(wave).max())).astype("float32")


def write_songs(source: Path, songs: list[tuple[Excerpt, Path, Path | None]]) -> None:
    """Write the songs of one source: excerpt, file, and the file of a copy if there is one."""
    wave = np.concatenate([*decode(source, RATE)])
    longest = round(SECONDS * RATE * 2 ** (max(TRANSPOSITIONS) / 12))
    for excerpt, path, copy in songs:
        start = round(excerpt.start * RATE)
        song = vary(wave[start : start + longest], excerpt.transposition, seed=start)
        soundfile.write(path, song, RATE)
        if copy:
            soundfile.write(copy, COPY_LEVEL * song[round(COPY_CUT * RATE) :], RATE)


def make_songs(durations: dict[Path, float], count: int, folder: Path) -> list[tuple[str, str]]:
    """Write songs to folder/<game>/<number>.flac; returns pairs of a song and its copy, by name.

    durations: of the sources, seconds.

    Raises:
        InputError: they are too short for so many songs.
    """
    songs: dict[Path, list[tuple[Excerpt, Path, Path | None]]] = {}
    pairs, number = [], 0
    for excerpt in require_excerpts(durations, count):
        region = folder / excerpt.source.relative_to(GAMES).parts[0]
        region.mkdir(parents=True, exist_ok=True)
        path, copy = region / f"{number:06}.flac", None
        number += 1
        if number % COPIED == COPIED - 1 and number < count:
            copy = region / f"{number:06}.flac"
            number += 1
            pairs.append((path.stem, copy.stem))
        songs.setdefault(excerpt.source, []).append((excerpt, path, copy))
    list(map_songs(write_songs, list(songs.items()), "songs"))
    return pairs
