"""Fetches songs from their sources, several at a time, each whole or not at all."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from musicregion.audio import metadata
from musicregion.compute import guards
from musicregion.compute.silence import silence
from musicregion.compute.task_process import TaskProcess
from musicregion.corpus.failures import STOP, from_os_error
from musicregion.corpus.sources import Song
from musicregion.errors import TaskDied, Unavailable
from musicregion.storage import cache_key, stored_tasks
from musicregion.storage.checksums import sha256
from musicregion.storage.paths import RAW_PART


def result_key(song: Song) -> str:
    """The key of a song's file in the store, whichever corpus or region lists it.

    "" for a file of a local folder, which needs no other copy.
    """
    # different sites may have the same ids
    return "" if song.local else cache_key.join_keys(song.song, song.source, song.version)


def inspect_file(path: Path) -> tuple[float | None, dict[str, str]]:
    """A file's duration (see read_duration) and tags."""
    return metadata.read_duration(path), metadata.read_tags(path)


def inspect_file_silently(path: Path) -> tuple[float | None, dict[str, str]]:
    """inspect_file, for a process of its own: a downloaded file may crash or hang its reader."""
    inspection: tuple[float | None, dict[str, str]]
    with silence():
        (inspection,) = guards.watched(inspect_file(path) for _ in range(1))
    return inspection


def fetch_song(song: Song, process: TaskProcess | None = None) -> dict[str, Any]:
    """Fetch one song into RAW_PART. Returns what is stored of it.

    That is: columns of songs.csv, the suffix of the file's name, its size (bytes), and its content
    [byte], which is empty for a song of a local folder.

    process: inspects the file; None: this one does.

    Raises:
        Unavailable: there is no such song, or the disk is full.
    """
    try:
        fetched = song.fetch(RAW_PART, song.song)
        seconds, tags = _inspect(fetched.path, process)
        if seconds is None:
            fetched.path.unlink(missing_ok=True)
            raise Unavailable(f"{song.source}: what was downloaded is not audio", "no audio")
        # mapped, since it may be large
        content = np.empty(0, "uint8") if song.local else np.memmap(fetched.path, "uint8", "r")
        return {
            "suffix": fetched.path.suffix,
            "title": song.title,
            "duration_s": seconds,
            "sha256": sha256(fetched.path),
            "author": fetched.author or tags["author"],
            "licence": fetched.licence,
            "album": fetched.album or tags["album"],
            "size": fetched.path.stat().st_size,
            "content": content,
        }
    except OSError as error:
        raise from_os_error(error, song.source) from None


def _inspect(path: Path, process: TaskProcess | None) -> tuple[float | None, dict[str, str]]:
    """inspect_file, in the process if there is one; a file that kills it is not audio."""
    if process is None:
        return inspect_file(path)
    try:
        return process.call(inspect_file_silently, path)
    except TaskDied:
        return None, {}


def is_stop(result: object) -> bool:
    """Whether a result is a failure that would stop every further song too."""
    return isinstance(result, Unavailable) and result.kind in STOP


def map_downloads(
    task: Callable, items: Iterable[tuple], label: str, concurrent: int
) -> Iterator[Any]:
    """As parallel.map_songs, in threads. After a failure of a kind in STOP no song is started."""
    items = list(items)
    stop = False

    def result_unless_stopped(item: tuple) -> object:
        nonlocal stop
        if stop:
            return Unavailable("not started, since another song could not be downloaded")
        result = task(*item)
        stop |= is_stop(result)
        return result

    with ThreadPoolExecutor(concurrent) as pool:
        try:
            results = pool.map(result_unless_stopped, items)
            yield from tqdm(results, label, len(items), unit="song", disable=not items)
        finally:
            pool.shutdown(cancel_futures=True)


def fetch_all(songs: list[Song], concurrent: int) -> Iterator[tuple[Song, Any]]:
    """Yield each song with fetch_song's result, stored or new: first those that are computed.

    A song that cannot be had is yielded with its Unavailable or TaskDied. After a failure of a kind
    in STOP, no download is started.
    """
    computed = [song for song in songs if song.computed]
    stop = False
    keys = [result_key(song) for song in computed]
    items = [(song,) for song in computed]
    for song, result in zip(
        computed, stored_tasks.map_stored(fetch_song, keys, items, "render"), strict=True
    ):
        stop |= is_stop(result)
        yield song, result
    downloads = [song for song in songs if not song.computed and not stop]
    process = TaskProcess()
    keys = [result_key(song) for song in downloads]
    each = partial(map_downloads, concurrent=concurrent)
    try:
        results = stored_tasks.map_stored(
            fetch_song, keys, [(song, process) for song in downloads], "download", each
        )
        yield from zip(downloads, results, strict=True)
    finally:
        process.close()
