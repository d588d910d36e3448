"""Reads the dataset of a corpus from the files of the stages."""

import pickle
from dataclasses import replace
from functools import lru_cache

import numpy as np

from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.dataset.selected_rows import FeatureArray, select_rows
from musicregion.errors import InputError
from musicregion.storage import tables
from musicregion.storage.checksums import md5
from musicregion.storage.paths import FEATURES_TABLE, SEGMENTS, SPLITS, features_array


def load_dataset(kinds: tuple[str, ...]) -> Dataset:
    """Open the arrays of some kinds of features, and read the tables that describe their rows.

    The arrays are memory-mapped: no row is read before it is used.

    Raises:
        InputError: an array or a table is missing, or they have different numbers of segments.
    """
    segments = tables.SEGMENTS.read()
    splits = tables.SPLITS.read().set_index("song")
    part_of_segment = segments["song"].map(splits["part"])
    # the split leaves out copies of songs with a region among those without
    in_split = part_of_segment.notna().to_numpy()
    parts = part_of_segment[in_split].to_numpy(str)
    names = segments["region"].to_numpy(str)[in_split]
    regions = sorted(set(names[parts != "unknown"]))
    arrays: dict[str, FeatureArray] = {kind: _open_array(kind, len(segments)) for kind in kinds}
    if not in_split.all():
        rows = np.flatnonzero(in_split)
        arrays = {kind: select_rows(array, rows) for kind, array in arrays.items()}
    return Dataset(
        features=arrays,
        labels=np.where(parts == "unknown", UNKNOWN, np.searchsorted(regions, names)),
        songs=segments["song"].to_numpy(str)[in_split],
        groups=segments["song"].map(splits["group"])[in_split].to_numpy(str),
        parts=parts,
        regions=regions,
    )


def _open_array(kind: str, segments: int) -> np.ndarray:
    path = features_array(kind)
    if not path.is_file():
        raise InputError(f"{path}: not found. `dvc repro` makes it.")
    array = np.load(path, mmap_mode="r")
    if len(array) != segments:
        raise InputError(
            f"{path} has {len(array)} segments, but {SEGMENTS} has {segments}. "
            "`dvc repro` makes both again."
        )
    return array


def dataset_checksums() -> dict[str, str]:
    """MD5 of each file that tells which dataset it is, by path."""
    return {path.as_posix(): md5(path) for path in (FEATURES_TABLE, SEGMENTS, SPLITS)}


def pack(data: Dataset) -> bytes:
    """Serialise everything but the features, for a process that can read those from disk."""
    return pickle.dumps(replace(data, features={}))


@lru_cache(maxsize=1)
def unpack(packed: bytes, kinds: tuple[str, ...], features_md5: str) -> Dataset:
    """The dataset that `pack` serialised, with its features read from disk.

    The latest dataset is cached, with the statistics computed so far. features_md5 is part of the
    cache's key: when the file changes, the dataset is read again.
    """
    data: Dataset = pickle.loads(packed)
    return replace(data, features=load_dataset(kinds).features)
