"""Results of single songs, stored outside DVC's outputs: nothing is computed or downloaded twice.

DVC removes a stage's outputs before it runs the stage, which makes them again from here. Each
result has a key made from all that decides it (storage/cache_key.py). Experiments share the folder,
those that DVC runs in a copy of the repository too, and so do the workers of a cluster. A result
that is missing or damaged is computed again, and nothing else happens.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import compress
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from musicregion.compute import parallel
from musicregion.config import params
from musicregion.errors import TaskDied, Unavailable
from musicregion.storage.paths import song_results_folder

# an array, or a dict of arrays and of what repr() shows completely
Result = Any
MapFunction = Callable[[Callable, Iterable[tuple], str], Iterator]


@cache
def _memory(folder: Path) -> joblib.Memory:
    return joblib.Memory(folder, mmap_mode="r", verbose=0)


def _entry(key: str) -> tuple[str]:
    """joblib's name of an entry: 32 hexadecimal digits, as for the arguments of a function.

    Its functions themselves are not used: they delete all results of a function whose source has
    changed, whatever the key.
    """
    return (hashlib.sha256(key.encode()).hexdigest()[:32],)


def checksum(result: Result) -> str:
    """The SHA-256 of a result."""
    digest = hashlib.sha256()
    for part in result.values() if isinstance(result, dict) else [result]:
        is_array = isinstance(part, np.ndarray)
        digest.update(np.ascontiguousarray(part).data if is_array else repr(part).encode())
    return digest.hexdigest()


def contains(folder: Path, key: str) -> bool:
    """Whether there is an entry, which may be damaged."""
    return bool(_memory(folder).store_backend.contains_item(_entry(key)))


def load(folder: Path, key: str) -> Result | None:
    """A stored result, its arrays memory-mapped; None if it is not there or damaged."""
    backend = _memory(folder).store_backend
    try:
        # the file system need not note when a file was read last, and the least recent goes first
        os.utime(Path(backend.get_item_info(_entry(key))["location"], "output.pkl"))
        stored = backend.load_item(_entry(key), verbose=0)
        if stored["checksum"] == checksum(stored["result"]):
            return stored["result"]
    except Exception:  # of any class: the file may be gone by now, or contain anything
        pass
    return None


def store(folder: Path, key: str, result: Result) -> bool:
    """Store a result; False if the disk does not take it."""
    backend = _memory(folder).store_backend
    backend.dump_item(_entry(key), {"checksum": checksum(result), "result": result}, verbose=0)
    if not backend.contains_item(_entry(key)):
        backend.clear_item(_entry(key))  # an incomplete file would fill the disk
        return False
    return True


@dataclass(frozen=True)
class StoredTask:
    """A task that stores its result itself, where it runs: a kill costs the songs in work alone.

    func: the task.
    """

    func: Callable[..., Result]
    folder: Path

    def __call__(self, key: str, *arguments: object) -> Result | Unavailable | None:
        """None if the result is stored, or else the result.

        Unavailable is returned and not stored. key: "" for a result that is not to be stored.
        """
        try:
            result = self.func(*arguments)
        except Unavailable as failure:
            return failure
        return None if key and store(self.folder, key, result) else result


def map_stored(
    task: Callable[..., Result],
    keys: Sequence[str],
    items: Sequence[tuple],
    label: str,
    each: MapFunction = parallel.map_songs,
) -> Iterator[Result | Unavailable | TaskDied]:
    """Yield task(*item) for each item: the stored result of its key, or else computed and stored.

    Arrays of stored results are memory-mapped. If a task dies or raises Unavailable, that is
    yielded in place of its result.

    keys: one for each item; "" if its result is not to be stored.
    each: maps the task over the items without a stored result, as parallel.map_songs does.
    """
    folder = song_results_folder()
    stored_task = StoredTask(task, folder)
    is_new = [not (key and contains(folder, key)) for key in keys]
    calls = [(key, *item) for key, item in zip(keys, items, strict=True)]
    computed = each(stored_task, list(compress(calls, is_new)), label)
    for call, new in zip(calls, is_new, strict=True):
        result = next(computed) if new else None
        if result is None:
            result = load(folder, call[0])
        if result is None:  # damaged, or deleted meanwhile
            (result,) = each(stored_task, [("", *call[1:])], label)
            if not isinstance(result, Unavailable | TaskDied):
                store(folder, call[0], result)
        yield result
    next(computed, None)  # ends the progress bar
    if any(is_new):
        remove_least_recently_used()


def remove_least_recently_used() -> None:
    """Remove results until the store is no larger than store.max_size of params.yaml."""
    if params.PARAMS.is_file():
        limit = params.load().store.max_size  # GB
        with suppress(OSError):  # another process removes them too
            _memory(song_results_folder()).reduce_size(bytes_limit=int(limit * 1e9))
