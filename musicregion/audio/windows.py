"""What the segment stage keeps of a song, and what a new song is heard as: equal windows.

Alone in a module, since whoever asks for a song's region waits for its imports.
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
FULL = 1 << 15  # full scale as 16 bit, as libsndfile counts


@dataclass(frozen=True)
class Window:
    """A segment: samples is [sample], always of the full length."""

    samples: np.ndarray
    real: int  # samples of it that are the song's own, before looping


def cut_windows(blocks: Iterable[np.ndarray], length: int, tail: int) -> Iterator[Window]:
    """Cut a stream of blocks [sample] into windows of `length` samples.

    A song shorter than a window is looped up to one. A rest longer than `tail` samples is looped
    too; a shorter rest is dropped.
    """
    rest = np.empty(0, "float32")
    first = True
    for block in blocks:
        rest = np.concatenate([rest, block])
        while len(rest) >= length:
            yield Window(rest[:length], length)
            rest, first = rest[length:], False
    if len(rest) and (first or len(rest) > tail):
        yield Window(np.resize(rest, length), len(rest))


def standardise(blocks: Iterable[np.ndarray], settings: "Segment") -> Iterator[Window]:
    """A song's windows, as int16; blocks: float32 [sample] at settings.sample_rate.

    Raises:
        Undecodable: after the last window, where the song is silent or too short.
    """
    rate = settings.sample_rate
    length = round(settings.window * rate)
    count, seconds, energy = 0, 0.0, 0.0
    for window in cut_windows(blocks, length, round(settings.tail * length)):
        energy += float(np.square(window.samples, dtype="float64").mean())
        seconds += window.real / rate
        count += 1
        whole = np.clip(np.rint(window.samples * np.float32(FULL)), -FULL, FULL - 1)
        yield Window(whole.astype("int16"), window.real)
    if seconds < settings.shortest:
        raise Undecodable(f"too short: {seconds:.2f} s, segment.shortest is {settings.shortest} s")
    if np.sqrt(energy / count) < SILENCE:
        raise Undecodable("silent")


def waveform(samples: np.ndarray) -> np.ndarray:
    """int16 [sample] as float32 [sample], the same numbers as a file of them is read as."""
    return samples.astype("float32") / np.float32(FULL)


def read_windows(path: Path, segments: int) -> Iterator[tuple[np.ndarray, int]]:
    """Each window, float32 [sample], of a file of segments, with its sample rate (Hz)."""
    with soundfile.SoundFile(path) as file:
        length = file.frames // segments
        for _ in range(segments):
            yield file.read(length, dtype="float32"), file.samplerate
