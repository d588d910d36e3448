"""The dataset of one kind of features: the array, and each segment's song, region and part."""

import pickle
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from musicregion.dataset import statistics
from musicregion.errors import InputError
from musicregion.storage.checksums import md5
from musicregion.storage.paths import features_array

# pandas is imported where a table is read: predictions import this module and read none

UNKNOWN = -1  # label of a segment that belongs to no region


@dataclass(frozen=True)
class Dataset:
    """Segments with labels. Row i of every array describes the same segment."""

    features: np.ndarray  # float32 [segment, time, channel]
    labels: np.ndarray  # int [segment], an index into regions, or UNKNOWN
    songs: np.ndarray  # str [segment]
    groups: np.ndarray  # str [segment]; songs of one group are always in the same part
    parts: np.ndarray  # str [segment]
    regions: list[str]

    def rows(self, *parts: str) -> np.ndarray:
        """Indices of the segments in these parts, int [n]."""
        return np.flatnonzero(np.isin(self.parts, parts))

    def only(self, *parts: str) -> "Dataset":
        """The segments of these parts alone; no other row of the features is read."""
        rows = self.rows(*parts)
        arrays = ("features", "labels", "songs", "groups", "parts")
        return replace(self, **{name: getattr(self, name)[rows] for name in arrays})

    def known(self) -> np.ndarray:
        """Indices of the segments that belong to a region, int [n]."""
        return np.flatnonzero(self.labels != UNKNOWN)

    def relabelled(self, labels: np.ndarray, parts: np.ndarray, regions: list[str]) -> "Dataset":
        """The same segments with other labels; statistics computed so far are reused."""
        relabelled = replace(self, labels=labels, parts=parts, regions=regions)
        cached = ("song_statistics", "segment_statistics", "segment_means")
        vars(relabelled).update({name: vars(self)[name] for name in cached if name in vars(self)})
        return relabelled

    @cached_property
    def song_statistics(self) -> dict[str, np.ndarray]:
        """Statistics of each song, [statistic], by song id."""
        return dict(zip(*statistics.song_statistics(self.features, self.songs), strict=True))

    @cached_property
    def segment_means(self) -> np.ndarray:
        """Input of a model of single segments, [segment, statistic].

        The mean alone where a segment has few rows: their deviation says little.
        """
        if self.features.shape[1] < statistics.MIN_FRAMES:
            means: np.ndarray = self.features.mean(axis=1)
            return means
        return self.segment_statistics

    @cached_property
    def segment_statistics(self) -> np.ndarray:
        """Statistics of each segment, [segment, statistic]."""
        return statistics.segment_statistics(self.features)


def load_dataset(features: str) -> Dataset:
    """Read the array of one kind of features, and the tables that describe its rows.

    Raises:
        InputError: the array or a table is missing, or they have different numbers of segments.
    """
    from musicregion.storage import tables
    from musicregion.storage.paths import SEGMENTS

    segments = tables.SEGMENTS.read()
    splits = tables.SPLITS.read().set_index("song")
    path = features_array(features)
    if not path.is_file():
        raise InputError(f"{path}: not found. `dvc repro` makes it.")
    array = np.load(path, mmap_mode="r")
    if len(array) != len(segments):
        raise InputError(
            f"{path} has {len(array)} segments, but {SEGMENTS} has {len(segments)}. "
            "`dvc repro` makes both again."
        )
    part_of_segment = segments["song"].map(splits["part"])
    # the split leaves out copies of songs with a region among those without
    in_split = part_of_segment.notna().to_numpy()
    parts = part_of_segment[in_split].to_numpy(str)
    names = segments["region"].to_numpy(str)[in_split]
    regions = sorted(set(names[parts != "unknown"]))
    return Dataset(
        features=array if in_split.all() else array[in_split],
        labels=np.where(parts == "unknown", UNKNOWN, np.searchsorted(regions, names)),
        songs=segments["song"].to_numpy(str)[in_split],
        groups=segments["song"].map(splits["group"])[in_split].to_numpy(str),
        parts=parts,
        regions=regions,
    )


def dataset_checksums(features: str) -> dict[str, str]:
    """MD5 of each file that the dataset is read from, by path."""
    from musicregion.storage.paths import SEGMENTS, SPLITS

    return {path.as_posix(): md5(path) for path in (features_array(features), SEGMENTS, SPLITS)}


def pack(data: Dataset) -> bytes:
    """Serialise everything but the features, for a process that can read those from disk."""
    return pickle.dumps(replace(data, features=np.empty((0, 0, 0), "float32")))


@lru_cache(maxsize=1)
def unpack(packed: bytes, features: str, features_md5: str) -> Dataset:
    """The dataset that `pack` serialised, with its features read from disk.

    The latest dataset is cached, with the statistics computed so far. features_md5 is part of the
    cache's key: when the file changes, the dataset is read again.
    """
    data: Dataset = pickle.loads(packed)
    return replace(data, features=load_dataset(features).features)
