"""Results of single songs, stored outside DVC's outputs: nothing is computed or downloaded twice.

DVC removes a stage's outputs before it runs the stage, which makes them again from here. Each
result has a key made from all that decides it (storage/cache_key.py). Experiments share the folder,
those that DVC runs in a copy of the repository too, and so do the workers of a cluster. A result
that is missing or damaged is computed again, and nothing else happens.
"""

import hashlib
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from musicregion.errors import Unavailable
from musicregion.storage.paths import song_results_folder

# an array, or a dict of arrays and of what repr() shows completely
Result = Any


@cache
def _memory(folder: Path) -> joblib.Memory:
    return joblib.Memory(folder, mmap_mode="r", verbose=0)


def _entry(key: str) -> tuple[str]:
    """joblib's name of an entry: 32 hexadecimal digits, as for the arguments of a function.

    Its functions themselves are not used: they delete all results of a function whose source has
    changed, whatever the key.
    """
    return (hashlib.sha256(key.encode()).hexdigest()[:32],)


def checksum(result: Result) -> int:
    """The CRC-32 of a result: three times as fast as SHA-256, and damage is no attack."""
    value = 0
    for part in result.values() if isinstance(result, dict) else [result]:
        is_array = isinstance(part, np.ndarray)
        content = np.ascontiguousarray(part).data if is_array else repr(part).encode()
        value = zlib.crc32(content, value)
    return value


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


def remove_least_recently_used() -> None:
    """Remove results until the store is no larger than store.max_size of params.yaml."""
    from musicregion.config import params  # worker processes, which do not call this, start sooner

    if params.PARAMS.is_file():
        limit = params.load().store.max_size  # GB
        with suppress(OSError):  # another process removes them too
            _memory(song_results_folder()).reduce_size(bytes_limit=int(limit * 1e9))
