"""Features of every segment as one array, made anew only for songs that changed."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import soundfile

from stages import parallel, provenance, stack, tables
from stages.dataset import folder
from stages.sections import Section
from stages.segment import FLACS, SEGMENTS


def windows(path: Path, segments: int) -> Iterator[tuple[np.ndarray, int]]:
    """Each segment of a song, float32 [sample], with its sample rate (Hz)."""
    with soundfile.SoundFile(path) as file:
        length = file.frames // segments
        for _ in range(segments):
            yield file.read(length, dtype="float32"), file.samplerate


def song(path: Path, segments: int, features: str, settings: Section) -> np.ndarray:
    """Features of a song's segments, float32 [segment, time, channel].

    features: a module of stages/, whose function of the same name makes them of one segment.
    """
    make = getattr(import_module(f"stages.{features}"), features)
    result = None
    for place, (window, rate) in enumerate(windows(path, segments)):
        block = make(window, rate, settings)
        if result is None:  # a song may last ten hours: there is no second copy of it
            result = np.empty((segments, *block.shape), "float32")
        result[place] = block
    return result


def update(
    features: str,
    settings: Section,
    modules: list[str],
    packages: list[str],
    task: Callable[..., np.ndarray] = song,
    each: Callable[[Callable, Iterable[tuple], str], Iterator] = parallel.each,
) -> np.ndarray:
    """Write the array of all segments' features and return it, float32 [segment, time, channel].

    modules, packages: what the features come from beside `settings`.
    task: as `song`. each: how it is called for every song.
    """
    segments = tables.read(SEGMENTS, tables.SEGMENTS)
    key = provenance.key(settings, modules, packages)
    wanted, items = {}, {}
    for (region, name), count in segments.groupby(["region", "song"], sort=False).size().items():
        path = FLACS / region / f"{name}.flac"
        wanted[name] = provenance.join(key, provenance.flac_md5(path), str(count))
        items[name] = (path, count, features, settings)
    array = stack.update(folder(features), "features", wanted, task, items, features, each)
    if len(array) != len(segments):
        raise SystemExit(f"{SEGMENTS} has {len(segments)} rows, data/segments {len(array)} windows")
    print(f"{features}: {array.shape} [segment, time, channel], {array.nbytes / 1e6:.1f} MB")
    return array
