"""What a model learns from: the feature array with each segment's song, region and part."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stages import tables
from stages.segment import SEGMENTS
from stages.split import SPLITS


@dataclass(frozen=True)
class Dataset:
    """Segments of the regions that are classes; rows of all arrays belong together."""

    features: np.ndarray  # float32 [segment, time, coefficient]
    labels: np.ndarray  # int [segment], into regions
    songs: np.ndarray  # str [segment]
    parts: np.ndarray  # str [segment]
    regions: list[str]

    def rows(self, part: str) -> np.ndarray:
        return np.flatnonzero(self.parts == part)


def array(features: str) -> Path:
    """The array that the stage of these features writes."""
    return Path("data", features, "features.npy")


def load(features: str) -> Dataset:
    """Read the array of the features stage and the tables that name its rows."""
    segments = tables.read(SEGMENTS, tables.SEGMENTS)
    splits = tables.read(SPLITS, tables.SPLITS).set_index("song")
    path = array(features)
    if not path.is_file():
        raise SystemExit(f"{path}: not found. `dvc repro` makes it.")
    values = np.load(path, mmap_mode="r")
    if len(values) != len(segments):
        raise SystemExit(f"{path} has {len(values)} segments, {SEGMENTS} {len(segments)}")
    # a song that the split left out is as good as unknown
    parts = segments["song"].map(splits["part"]).fillna("unknown").to_numpy(str)
    known = parts != "unknown"
    names = segments["region"].to_numpy(str)[known]
    regions = sorted(set(names))
    return Dataset(
        features=values if known.all() else values[known],
        labels=np.searchsorted(regions, names),
        songs=segments["song"].to_numpy(str)[known],
        parts=parts[known],
        regions=regions,
    )


def fingerprints(features: str) -> dict[str, str]:
    """md5 of each file that the data set is made of, as DVC computes it."""
    return {
        path.as_posix(): hashlib.md5(path.read_bytes()).hexdigest()
        for path in (array(features), SEGMENTS, SPLITS)
    }
