"""Cuts a song into equal windows: the same for the segment stage and for predictions.

Imports little, since every prediction waits for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from musicregion.errors import Undecodable

if TYPE_CHECKING:
    from musicregion.config.sections import Segment

SILENCE = 1e-4  # root mean square, -80 dB below full scale
FULL_SCALE = 1 << 15  # of 16-bit samples, as in libsndfile


@dataclass(frozen=True)
class Window:
    """A segment."""

    samples: np.ndarray  # [sample], always of the full length
    real: int  # samples before looping


def cut_windows(blocks: Iterable[np.ndarray], length: int, tail: int) -> Iterator[Window]:
    """Cut a stream of blocks [sample] into windows of `length` samples.

    A song shorter than a window is looped to fill one. A remainder longer than `tail` samples is
    looped too; a shorter one is dropped.
    """
    remainder = np.empty(0, "float32")
    first = True
    for block in blocks:
        remainder = np.concatenate([remainder, block])
        while len(remainder) >= length:
            yield Window(remainder[:length], length)
            remainder, first = remainder[length:], False
    if len(remainder) and (first or len(remainder) > tail):
        yield Window(np.resize(remainder, length), len(remainder))


def standardise(blocks: Iterable[np.ndarray], settings: "Segment") -> Iterator[Window]:
    """Yield a song's windows, int16. blocks: float32 [sample] at settings.sample_rate.

    Raises:
        Undecodable: after the last window, if the song is silent or too short.
    """
    rate = settings.sample_rate
    length = round(settings.window * rate)
    count, seconds, energy = 0, 0.0, 0.0
    for window in cut_windows(blocks, length, round(settings.tail * length)):
        energy += float(np.square(window.samples, dtype="float64").mean())
        seconds += window.real / rate
        count += 1
        scaled = np.rint(window.samples * np.float32(FULL_SCALE))
        clipped = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1)
        yield Window(clipped.astype("int16"), window.real)
    if seconds < settings.shortest:
        raise Undecodable(f"too short: {seconds:.2f} s, segment.shortest is {settings.shortest} s")
    if np.sqrt(energy / count) < SILENCE:
        raise Undecodable("silent")


def waveform(samples: np.ndarray) -> np.ndarray:
    """int16 [sample] as float32 [sample]: the numbers that soundfile reads from a 16-bit file."""
    return samples.astype("float32") / np.float32(FULL_SCALE)


def read_windows(path: Path, segments: int) -> Iterator[tuple[np.ndarray, int]]:
    """Yield each window, float32 [sample], of a file of segments, with its sample rate (Hz)."""
    with soundfile.SoundFile(path) as file:
        length = file.frames // segments
        for _ in range(segments):
            yield file.read(length, dtype="float32"), file.samplerate
