"""What a kind of features is. Imports little, since every prediction waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from musicregion.audio.windows import read_windows

# (window [sample], sample rate in Hz, section of params.yaml) to [time, channel]
ComputeWindow = Callable[[np.ndarray, int, Any], np.ndarray]
# (file of segments, number of segments, section of params.yaml) to [segment, time, channel]
ExtractSong = Callable[[Path, int, Any], np.ndarray]


@dataclass(frozen=True)
class FeatureKind:
    """How one kind of features is computed."""

    extract_song: ExtractSong
    module: str  # whose source, with all that it imports, decides the values
    packages: tuple[str, ...]  # whose versions decide the values
    uses_all_cores: bool = False  # by itself: one song at a time is enough
    compute_window: ComputeWindow | None = None  # None if a song's segments are computed together


def window_features(compute_window: ComputeWindow, *packages: str) -> FeatureKind:
    """Features of each segment by itself."""
    extract_song = partial(extract_windows, compute_window)
    return FeatureKind(
        extract_song, compute_window.__module__, packages, compute_window=compute_window
    )


def extract_windows(
    compute_window: ComputeWindow,
    path: Path,
    segments: int,
    settings: Any,  # noqa: ANN401  a section, or what stands for one in predictions
) -> np.ndarray:
    """Features of a song's segments, float32 [segment, time, channel]."""
    features = np.empty((segments, 0, 0), "float32")
    for index, (window, sample_rate) in enumerate(read_windows(path, segments)):
        block = compute_window(window, sample_rate, settings)
        if index == 0:  # filled in place, since a song may last ten hours
            features = np.empty((segments, *block.shape), "float32")
        features[index] = block
    return features
