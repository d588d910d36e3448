"""What a kind of features is. Imports little, since every prediction waits for it."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from musicregion.audio.windows import read_windows
from musicregion.features.front_end import FrontEnd, no_front_end

# (sample rate in Hz, samples of a segment, section of params.yaml)
MakeFrontEnd = Callable[[int, int, Any], FrontEnd]
# (window [sample], constants, section of params.yaml) to [time, channel]
ComputeWindow = Callable[[np.ndarray, FrontEnd, Any], np.ndarray]
# (windows of a song, each [sample], constants, section of params.yaml, file of the pretrained
# network) to blocks [segment, time, channel] of one segment or more, in order
ComputeSong = Callable[[Iterator[np.ndarray], FrontEnd, Any, Path | None], Iterator[np.ndarray]]
MakeNetwork = Callable[[Any], Path]  # section of params.yaml to the file

AHEAD = 16  # windows that are decoded before their features are waited for


@dataclass(frozen=True)
class FeatureKind:
    """How one kind of features is computed."""

    make_front_end: MakeFrontEnd  # imports librosa
    compute_song: ComputeSong  # by the stage and by predictions
    module: str  # whose source, with all that it imports, decides the values
    packages: tuple[str, ...]  # whose versions decide the values
    make_network: MakeNetwork | None = None  # fetches it, if there is a pretrained network


def window_features(
    compute_window: ComputeWindow, *packages: str, make_front_end: MakeFrontEnd = no_front_end
) -> FeatureKind:
    """Features of each segment by itself."""
    compute_song = partial(compute_windows, compute_window)
    return FeatureKind(make_front_end, compute_song, compute_window.__module__, packages)


def compute_windows(
    compute_window: ComputeWindow,
    windows: Iterator[np.ndarray],
    front_end: FrontEnd,
    settings: Any,  # noqa: ANN401  a section, or what stands for one in predictions
    network: Path | None,
) -> Iterator[np.ndarray]:
    """Yield features [1, time, channel] of each window, which a thread computes meanwhile."""
    pending: deque[Future] = deque()
    with ThreadPoolExecutor(1) as pool:
        for window in windows:
            pending.append(pool.submit(compute_window, window, front_end, settings))
            if len(pending) > AHEAD:
                yield pending.popleft().result()[None]
        yield from (future.result()[None] for future in pending)


def extract_song(
    compute_song: ComputeSong,
    path: Path,
    segments: int,
    front_end: FrontEnd,
    settings: Any,  # noqa: ANN401
    network: Path | None,
) -> np.ndarray:
    """Features of a song's file of segments, float32 [segment, time, channel]."""
    windows = (window for window, _ in read_windows(path, segments))
    features = np.empty((segments, 0, 0), "float32")
    row = 0
    for block in compute_song(windows, front_end, settings, network):
        if row == 0:  # filled in place, since a song may last ten hours
            features = np.empty((segments, *block.shape[1:]), "float32")
        features[row : row + len(block)] = block
        row += len(block)
    return features
