"""Fetches songs from their sources into data/raw, several at a time, each whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tqdm import tqdm

from musicregion.audio import metadata
from musicregion.compute import guards, parallel
from musicregion.compute.silence import silence
from musicregion.compute.task_process import TaskProcess
from musicregion.config.sections import Download
from musicregion.corpus.failures import STOP, from_os_error
from musicregion.corpus.sources import Song
from musicregion.errors import TaskDied, Unavailable
from musicregion.storage import files
from musicregion.storage.checksums import sha256
from musicregion.storage.paths import RAW, RAW_PART


def inspect_file(path: Path) -> tuple[float | None, dict[str, str]]:
    """A file's duration (see read_duration) and tags."""
    return metadata.read_duration(path), metadata.read_tags(path)


def inspect_file_silently(path: Path) -> tuple[float | None, dict[str, str]]:
    """inspect_file, for a process of its own: a downloaded file may crash or hang its reader."""
    inspection: tuple[float | None, dict[str, str]]
    with silence():
        (inspection,) = guards.watched(inspect_file(path) for _ in range(1))
    return inspection


def fetch_song(
    song: Song, settings: Download, process: TaskProcess | None = None
) -> dict[str, Any]:
    """Fetch one song into RAW. Returns the columns of songs.csv that depend on the file.

    process: inspects the file; None: this one does.
    """
    try:
        fetched = song.fetch(RAW_PART, song.song)
        seconds, tags = _inspect(fetched.path, process)
        if seconds is None:
            fetched.path.unlink(missing_ok=True)
            raise Unavailable(f"{song.source}: what was downloaded is not audio", "no audio")
        if seconds > settings.max_duration:
            fetched.path.unlink(missing_ok=True)
            text = f"{seconds:.0f} s, download.max_duration is {settings.max_duration:g} s"
            raise Unavailable(f"{song.source}: {text}", "too long")
        size = fetched.path.stat().st_size / 1e6
        if size > settings.max_size:
            fetched.path.unlink()
            text = f"{size:.0f} MB, download.max_size is {settings.max_size:g} MB"
            raise Unavailable(f"{song.source}: {text}", "too large")
        path = RAW / song.region / fetched.path.name
        path.parent.mkdir(parents=True, exist_ok=True)
        row = {"path": path.as_posix(), "duration_s": seconds, "sha256": sha256(fetched.path)}
        files.move_into_place(fetched.path, path)
    except OSError as error:
        failure = from_os_error(error, song.source)
    except Unavailable as error:
        failure = error
    else:
        return row | {
            "status": "ok",
            "author": fetched.author or tags["author"],
            "licence": fetched.licence,
            "album": song.album or fetched.album or tags["album"],
        }
    return {"status": "failed", "kind": failure.kind, "reason": str(failure)}


def _inspect(path: Path, process: TaskProcess | None) -> tuple[float | None, dict[str, str]]:
    """inspect_file, in the process if there is one; a file that kills it is not audio."""
    if process is None:
        return inspect_file(path)
    try:
        return process.call(inspect_file_silently, path)
    except TaskDied:
        return None, {}


def fetch_all(songs: list[Song], settings: Download) -> Iterator[tuple[Song, dict[str, Any]]]:
    """Yield each song with fetch_song's result: first those that are computed, then downloads.

    After a failure of a kind in STOP, no further song is started.
    """
    stop = False
    computed = [song for song in songs if song.computed]
    work = ((song, settings) for song in computed)
    for song, result in zip(computed, parallel.map_songs(fetch_song, work, "render"), strict=True):
        if isinstance(result, TaskDied):
            result = {"status": "failed", "kind": "other", "reason": f"{song.source}: {result}"}
        stop |= result.get("kind") in STOP
        yield song, result
    downloads = [song for song in songs if not song.computed]
    process = TaskProcess()

    def fetch_unless_stopped(song: Song) -> dict[str, Any] | None:
        nonlocal stop
        if stop:
            return None
        result = fetch_song(song, settings, process)
        stop |= result.get("kind") in STOP
        return result

    pool = ThreadPoolExecutor(settings.concurrent)
    try:
        futures = {pool.submit(fetch_unless_stopped, song): song for song in downloads}
        bar = tqdm(
            as_completed(futures), "download", len(downloads), unit="song", disable=not downloads
        )
        for future in bar:
            if download := future.result():
                yield futures[future], download
    finally:
        pool.shutdown(cancel_futures=True)
        process.close()
