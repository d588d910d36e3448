"""One array of all songs' rows, in the songs' order.

A folder holds <name>.npy [row, ...] and <name>.csv: each song's number of rows.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from musicregion.errors import InputError, TaskDied, Unavailable
from musicregion.storage import stored_tasks, tables
from musicregion.storage.files import writing


def open_array(folder: Path, name: str) -> tuple[np.ndarray | None, dict[str, slice]]:
    """The array, memory-mapped (None: there is none), and each song's rows in it."""
    path, index = folder / f"{name}.npy", folder / f"{name}.csv"
    if not path.is_file() or not index.is_file():
        return None, {}
    songs = tables.array_index(folder, name).read()
    ends = songs["rows"].cumsum()
    slices = {
        song: slice(end - rows, end)
        for song, rows, end in zip(songs["song"], songs["rows"], ends, strict=True)
    }
    return np.load(path, mmap_mode="r"), slices


def write_array(
    folder: Path,
    name: str,
    keys: dict[str, str],
    task: Callable[..., np.ndarray],
    items: dict[str, tuple],
    label: str,
) -> np.ndarray:
    """Write the array of all songs, and its index; returns the array, memory-mapped.

    Rows are written as they are computed; the array is never in memory as a whole.

    keys: song to key of its stored result, in the order of the rows.
    task: task(*items[song]) gives a song's rows, [row, ...]; of one type and shape for all songs.

    Raises:
        TaskDied: the process of a song's task crashed or hung.
        InputError: songs' rows differ in shape or type.
    """
    rows: list[dict[str, object]] = []
    shape: tuple[int, ...] = ()
    dtype: np.dtype | None = None
    count = 0
    arguments = [items[song] for song in keys]
    blocks = stored_tasks.map_stored(task, list(keys.values()), arguments, label)
    with writing(folder / f"{name}.npy") as part, part.open("wb") as file:
        for song, block in zip(keys, blocks, strict=True):
            if isinstance(block, TaskDied | Unavailable):
                raise type(block)(f"{label}: {song}: {block}")
            if dtype is None:
                shape, dtype = block.shape[1:], block.dtype
                _write_header(file, (0, *shape), dtype)
            if (block.shape[1:], block.dtype) != (shape, dtype):
                raise InputError(f"{label}: {song} has rows {block.shape[1:]}, others {shape}")
            file.write(np.ascontiguousarray(block).data)
            rows.append({"song": song, "rows": len(block)})
            count += len(block)
        if dtype is None:
            raise InputError(f"{label}: there is no song")
        file.seek(0)
        _write_header(file, (count, *shape), dtype)
        # if the process is killed between the two writes, there is no wrong index
        (folder / f"{name}.csv").unlink(missing_ok=True)
    tables.array_index(folder, name).write(rows)
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def _write_header(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Write the header of a .npy file; numpy pads it, so that a longer first axis fits in later."""
    description = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
    np.lib.format.write_array_header_1_0(file, description | {"shape": shape})
