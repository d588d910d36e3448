"""What a model learns from: the feature array with each segment's song, region and part."""

import pickle
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from musicregion.dataset import statistics
from musicregion.errors import InputError
from musicregion.storage.checksums import md5
from musicregion.storage.paths import features_array

UNKNOWN = -1  # label of a segment of no region


@dataclass(frozen=True)
class Dataset:
    """Segments; rows of all arrays belong together."""

    features: np.ndarray  # float32 [segment, time, channel]
    labels: np.ndarray  # int [segment], into regions, or UNKNOWN
    songs: np.ndarray  # str [segment]
    groups: np.ndarray  # str [segment]; songs of one group are never divided between parts
    parts: np.ndarray  # str [segment]
    regions: list[str]

    def rows(self, *parts: str) -> np.ndarray:
        """The rows of these parts."""
        return np.flatnonzero(np.isin(self.parts, parts))

    def only(self, *parts: str) -> "Dataset":
        """The segments of these parts alone; no other row of the features is read."""
        rows = self.rows(*parts)
        arrays = ("features", "labels", "songs", "groups", "parts")
        return replace(self, **{name: getattr(self, name)[rows] for name in arrays})

    def known(self) -> np.ndarray:
        """The rows that are of a region."""
        return np.flatnonzero(self.labels != UNKNOWN)

    def relabelled(self, labels: np.ndarray, parts: np.ndarray, regions: list[str]) -> "Dataset":
        """The same segments with other labels; what was computed of the features is kept."""
        other = replace(self, labels=labels, parts=parts, regions=regions)
        computed = ("song_statistics", "segment_statistics", "segment_means")
        vars(other).update({name: vars(self)[name] for name in computed if name in vars(self)})
        return other

    @cached_property
    def song_statistics(self) -> dict[str, np.ndarray]:
        """A vector for each song, by id."""
        return dict(zip(*statistics.song_statistics(self.features, self.songs), strict=True))

    @cached_property
    def segment_means(self) -> np.ndarray:
        """What a model of segments alone learns from, [segment, statistic].

        The deviation of a few summaries says little: it is left out there.
        """
        if self.features.shape[1] < statistics.FEW:
            return self.features.mean(axis=1)
        return self.segment_statistics

    @cached_property
    def segment_statistics(self) -> np.ndarray:
        """A vector for each segment, [segment, statistic]."""
        return statistics.segment_statistics(self.features)


def load_dataset(features: str) -> Dataset:
    """Read the array of the features stage and the tables that name its rows."""
    from musicregion.storage import tables
    from musicregion.storage.paths import SEGMENTS

    segments = tables.SEGMENTS.read()
    splits = tables.SPLITS.read().set_index("song")
    path = features_array(features)
    if not path.is_file():
        raise InputError(f"{path}: not found. `dvc repro` makes it.")
    values = np.load(path, mmap_mode="r")
    if len(values) != len(segments):
        raise InputError(f"{path} has {len(values)} segments, {SEGMENTS} {len(segments)}")
    parts = segments["song"].map(splits["part"])
    kept = parts.notna().to_numpy()  # the split left out copies of known songs among unknown ones
    parts = parts[kept].to_numpy(str)
    names = segments["region"].to_numpy(str)[kept]
    regions = sorted(set(names[parts != "unknown"]))
    return Dataset(
        features=values if kept.all() else values[kept],
        labels=np.where(parts == "unknown", UNKNOWN, np.searchsorted(regions, names)),
        songs=segments["song"].to_numpy(str)[kept],
        groups=segments["song"].map(splits["group"])[kept].to_numpy(str),
        parts=parts,
        regions=regions,
    )


def dataset_checksums(features: str) -> dict[str, str]:
    """md5 of each file that the data set is made of."""
    from musicregion.storage.paths import SEGMENTS, SPLITS

    return {path.as_posix(): md5(path) for path in (features_array(features), SEGMENTS, SPLITS)}


def pack(data: Dataset) -> bytes:
    """All but the features, to be sent to a process that can read them."""
    return pickle.dumps(replace(data, features=None))


@lru_cache(maxsize=1)
def unpack(packed: bytes, features: str, md5: str) -> Dataset:
    """What `light` has packed, with the features of the file, which has this md5.

    Kept for the next call with the same data, with the statistics that were computed.
    """
    return replace(pickle.loads(packed), features=load_dataset(features).features)
