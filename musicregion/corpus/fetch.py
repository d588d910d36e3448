"""Fetches songs from their sources into data/raw, several at a time, each whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from musicregion.audio import metadata
from musicregion.compute import guards, parallel
from musicregion.compute.silence import silence
from musicregion.config.sections import Download
from musicregion.corpus.failures import STOP, from_os_error
from musicregion.corpus.sources import Song
from musicregion.errors import TaskDied, Unavailable
from musicregion.storage import files
from musicregion.storage.checksums import sha256
from musicregion.storage.paths import RAW, RAW_PART


def inspect_file(path: Path) -> tuple[float | None, dict[str, str]]:
    """A file's duration and tags, as audio has them."""
    return metadata.read_duration(path), metadata.read_tags(path)


def inspect_file_silently(path: Path) -> tuple[float | None, dict[str, str]]:
    """As look, for a process of its own: of what a server has sent, anything can come."""
    with silence():
        (found,) = guards.watched(inspect_file(path) for _ in range(1))
    return found


def fetch_song(song: Song, settings: Download, cell: guards.Cell | None = None) -> dict:
    """Fetch one song into RAW. Returns what its row in songs.csv says of the file.

    cell: where the file is looked into; this process where there is none.
    """
    try:
        if song.gone:
            raise Unavailable(f"{song.source}: {song.gone} at its source", song.gone)
        got = song.fetch(RAW_PART, song.song)
        found = cell.call(inspect_file_silently, got.path) if cell else inspect_file(got.path)
        seconds, tags = (None, {}) if isinstance(found, TaskDied) else found
        if seconds is None:
            got.path.unlink(missing_ok=True)
            raise Unavailable(f"{song.source}: what was downloaded is not audio", "no audio")
        if seconds > settings.max_duration:
            got.path.unlink(missing_ok=True)
            text = f"{seconds:.0f} s, download.max_duration is {settings.max_duration:g} s"
            raise Unavailable(f"{song.source}: {text}", "too long")
        size = got.path.stat().st_size / 1e6
        if size > settings.max_size:
            got.path.unlink()
            text = f"{size:.0f} MB, download.max_size is {settings.max_size:g} MB"
            raise Unavailable(f"{song.source}: {text}", "too large")
        path = RAW / song.region / got.path.name
        path.parent.mkdir(parents=True, exist_ok=True)
        row = {"path": path.as_posix(), "duration_s": seconds, "sha256": sha256(got.path)}
        files.move_into_place(got.path, path)
    except OSError as error:
        failure = from_os_error(error, song.source)
    except Unavailable as error:
        failure = error
    else:
        return row | {
            "status": "ok",
            "author": got.author or tags["author"],
            "licence": got.licence,
            "album": song.album or got.album or tags["album"],
        }
    return {"status": "failed", "kind": failure.kind, "reason": str(failure)}


def fetch_all(songs: list[Song], settings: Download) -> Iterator[tuple[Song, dict]]:
    """Each song with its result, as they come: what is computed first, then the network's.

    After a failure that every further song would meet, no other is begun.
    """
    stop = False
    computed = [song for song in songs if song.computed]
    work = ((song, settings) for song in computed)
    for song, result in zip(computed, parallel.map_songs(fetch_song, work, "render"), strict=True):
        if isinstance(result, TaskDied):
            result = {"status": "failed", "kind": "other", "reason": f"{song.source}: {result}"}
        stop |= result.get("kind") in STOP
        yield song, result
    waiting = [song for song in songs if not song.computed]
    cell = guards.Cell()

    def unless_stopped(song: Song) -> dict | None:
        nonlocal stop
        if stop:
            return None
        result = fetch_song(song, settings, cell)
        stop |= result.get("kind") in STOP
        return result

    pool = ThreadPoolExecutor(settings.concurrent)
    try:
        futures = {pool.submit(unless_stopped, song): song for song in waiting}
        bar = tqdm(
            as_completed(futures), "download", len(waiting), unit="song", disable=not waiting
        )
        for future in bar:
            if future.result():
                yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)
        cell.close()
