"""One array of all songs' rows, in the songs' order, computed again only for songs that changed.

A folder holds <name>.npy [row, ...] and songs.csv: each song's key and number of rows.
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
    """The stored array, memory-mapped (None: there is none), and each song's key and rows in it."""
    path, index = folder / f"{name}.npy", folder / "songs.csv"
    if not path.is_file() or not index.is_file():
        return None, {}
    songs = tables.array_index(folder).read()
    array = np.load(path, mmap_mode="r")
    ends = songs["rows"].cumsum()
    return array, {
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
    """Write the array of all wanted songs, and its index; returns the array, memory-mapped.

    Rows are written as they are computed; the array is never in memory as a whole.

    wanted: song to key, in the order of the rows.
    task: task(*items[song]) gives a song's rows, [row, ...]; of one type and shape for all songs.
    each: maps the task over the songs that are new or changed, as parallel.map_songs does.

    Raises:
        TaskDied: the process of a song's task crashed or hung.
        InputError: songs' rows differ in shape or type.
    """
    folder.mkdir(parents=True, exist_ok=True)
    old, index = open_array(folder, name)
    changed = [song for song, key in wanted.items() if index.get(song, ("",))[0] != key]
    computed = set(changed)
    results = each(task, [items[song] for song in changed], label)
    rows: list[dict[str, object]] = []
    shape: tuple[int, ...] = ()
    dtype: np.dtype | None = None
    count = 0
    with writing(folder / f"{name}.npy") as part, part.open("wb") as file:
        for song in wanted:
            block = next(results) if old is None or song in computed else old[index[song][1]]
            if isinstance(block, TaskDied):
                raise TaskDied(f"{label}: {song}: {block}")
            if dtype is None:
                shape, dtype = block.shape[1:], block.dtype
                _write_header(file, (0, *shape), dtype)
            if (block.shape[1:], block.dtype) != (shape, dtype):
                raise InputError(f"{label}: {song} has rows {block.shape[1:]}, others {shape}")
            file.write(np.ascontiguousarray(block).data)
            rows.append({"song": song, "key": wanted[song], "rows": len(block)})
            count += len(block)
        next(results, None)  # ends the progress bar
        if dtype is None:
            raise InputError(f"{label}: there is no song")
        file.seek(0)
        _write_header(file, (count, *shape), dtype)
        del old
        # if the process is killed between the two writes, there is no wrong index
        (folder / "songs.csv").unlink(missing_ok=True)
    tables.array_index(folder).write(rows)
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def _write_header(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Write the header of a .npy file; numpy pads it, so that a longer first axis fits in later."""
    description = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
    np.lib.format.write_array_header_1_0(file, description | {"shape": shape})
