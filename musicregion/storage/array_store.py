"""One array of all songs' rows, in the songs' order, made anew only for songs that changed.

A folder holds <name>.npy [row, ...] and songs.csv: which song, made from what, has how many rows.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from musicregion.compute import parallel
from musicregion.errors import InputError, TaskDied
from musicregion.storage import tables
from musicregion.storage.files import writing


def open_array(folder: Path, name: str) -> tuple[np.ndarray | None, dict[str, tuple[str, slice]]]:
    """An earlier array, memory-mapped, and each song's key and rows in it."""
    array, index = folder / f"{name}.npy", folder / "songs.csv"
    if not array.is_file() or not index.is_file():
        return None, {}
    songs = tables.array_index(folder).read()
    old = np.load(array, mmap_mode="r")
    ends = songs["rows"].cumsum()
    return old, {
        song: (key, slice(end - rows, end))
        for song, key, rows, end in zip(
            songs["song"], songs["key"], songs["rows"], ends, strict=True
        )
    }


def update_array(
    folder: Path,
    name: str,
    wanted: dict[str, str],
    task: Callable[..., np.ndarray],
    items: dict[str, tuple],
    label: str,
    each: Callable[[Callable, Iterable[tuple], str], Iterator] = parallel.map_songs,
) -> np.ndarray:
    """Write the array of all wanted songs and its index; returns the array, memory-mapped.

    Rows go to the disk as they come; the whole array is never in memory.

    wanted: song to key, in the order of the rows.
    task: task(*items[song]) gives a song's rows, [row, ...]; of one type and shape for all songs.
    each: how it is called for every song that is new.

    Raises:
        TaskDied: a song's task killed its process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    old, kept = open_array(folder, name)
    fresh = [song for song, key in wanted.items() if kept.get(song, ("",))[0] != key]
    missing = set(fresh)
    results = each(task, [items[song] for song in fresh], label)
    rows, shape, dtype = [], (), None
    with writing(folder / f"{name}.npy") as part, part.open("wb") as file:
        for song in wanted:
            block = next(results) if song in missing else old[kept[song][1]]
            if isinstance(block, TaskDied):
                raise TaskDied(f"{label}: {song}: {block}")
            if dtype is None:
                shape, dtype = block.shape[1:], block.dtype
                _header(file, (0, *shape), dtype)
            if (block.shape[1:], block.dtype) != (shape, dtype):
                raise InputError(f"{label}: {song} has rows {block.shape[1:]}, others {shape}")
            file.write(np.ascontiguousarray(block).data)
            rows.append({"song": song, "key": wanted[song], "rows": len(block)})
        next(results, None)  # ends the progress bar
        file.seek(0)
        _header(file, (sum(row["rows"] for row in rows), *shape), dtype)
        del old
        # a kill between the two leaves no false index
        (folder / "songs.csv").unlink(missing_ok=True)
    tables.array_index(folder).write(rows)
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def _header(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """numpy pads it, so that a longer first axis needs no longer header."""
    description = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
    np.lib.format.write_array_header_1_0(file, description | {"shape": shape})
