"""What a kind of features is. Imports little, since every prediction waits for it."""

from collections.abc import Callable
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
# (file of segments, number of segments, constants, section of params.yaml) to
# [segment, time, channel]
ExtractSong = Callable[[Path, int, FrontEnd, Any], np.ndarray]


@dataclass(frozen=True)
class FeatureKind:
    """How one kind of features is computed."""

    make_front_end: MakeFrontEnd  # imports librosa
    extract_song: ExtractSong
    module: str  # whose source, with all that it imports, decides the values
    packages: tuple[str, ...]  # whose versions decide the values
    uses_all_cores: bool = False  # by itself: one song at a time is enough
    compute_window: ComputeWindow | None = None  # None if a song's segments are computed together


def window_features(
    compute_window: ComputeWindow, *packages: str, make_front_end: MakeFrontEnd = no_front_end
) -> FeatureKind:
    """Features of each segment by itself."""
    extract_song = partial(extract_windows, compute_window)
    module = compute_window.__module__
    return FeatureKind(
        make_front_end, extract_song, module, packages, compute_window=compute_window
    )


def extract_windows(
    compute_window: ComputeWindow,
    path: Path,
    segments: int,
    front_end: FrontEnd,
    settings: Any,  # noqa: ANN401  a section, or what stands for one in predictions
) -> np.ndarray:
    """Features of a song's segments, float32 [segment, time, channel]."""
    features = np.empty((segments, 0, 0), "float32")
    for index, (window, _) in enumerate(read_windows(path, segments)):
        block = compute_window(window, front_end, settings)
        if index == 0:  # filled in place, since a song may last ten hours
            features = np.empty((segments, *block.shape), "float32")
        features[index] = block
    return features
