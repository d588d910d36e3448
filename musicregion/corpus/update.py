"""Brings data/raw and songs.csv up to date with a corpus; fetches only what is not stored."""

import shutil
from pathlib import Path
from typing import Any

from musicregion.config.corpus import Region
from musicregion.config.sections import Download
from musicregion.corpus.earlier_download import store_earlier_songs
from musicregion.corpus.failures import STOP, from_os_error
from musicregion.corpus.fetch import fetch_all, is_stop, result_key
from musicregion.corpus.sources import Song
from musicregion.errors import DownloadError, TaskDied, Unavailable
from musicregion.storage import files, song_results, tables
from musicregion.storage.checksums import sha256
from musicregion.storage.paths import RAW, RAW_PART, song_results_folder

Columns = dict[str, Any]  # of songs.csv


def require_limits(song: Song, file: dict[str, Any], limits: Download) -> None:
    """Raise Unavailable if a song is longer or larger than the params allow.

    file: of fetch_song.
    """
    seconds, size = file["duration_s"], file["size"] / 1e6
    if seconds > limits.max_duration:
        text = f"{seconds:.0f} s, download.max_duration is {limits.max_duration:g} s"
        raise Unavailable(f"{song.source}: {text}", "too long")
    if size > limits.max_size:
        text = f"{size:.0f} MB, download.max_size is {limits.max_size:g} MB"
        raise Unavailable(f"{song.source}: {text}", "too large")


def write_file(song: Song, file: dict[str, Any], target: Path) -> None:
    """Write a song's file; if it was just fetched, it is in RAW_PART and only moves.

    Raises:
        Unavailable: the stored bytes are not those that were fetched.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = RAW_PART / target.name
    if not part.is_file():
        part.write_bytes(file["content"].data)
        if sha256(part) != file["sha256"]:
            raise Unavailable(f"{song.source}: damaged in the store; `make clean-store` empties it")
    files.move_into_place(part, target)


def add_song(song: Song, file: dict[str, Any], limits: Download) -> Columns:
    """Write a song to RAW; returns the columns of songs.csv that depend on its file.

    file: of fetch_song.

    Raises:
        Unavailable: it is beyond the limits, or the disk is full.
    """
    require_limits(song, file, limits)
    target = RAW / song.region / f"{song.song}{file['suffix']}"
    try:
        write_file(song, file, target)
    except OSError as error:
        raise from_os_error(error, song.source) from None
    kept = f"not available at its source ({song.gone}); the file of an earlier run is kept"
    columns = {name: file[name] for name in ("duration_s", "sha256", "author", "licence")}
    if song.gone:
        columns["title"] = file["title"]  # the source does not state it any more
    return columns | {
        "path": target.as_posix(),
        "album": song.album or file["album"],
        "status": "ok",
        "kind": song.gone,
        "reason": kept if song.gone else "",
    }


def failed(kind: str, reason: str) -> Columns:
    """The columns of songs.csv of a song that has no file."""
    return {"status": "failed", "kind": kind, "reason": reason}


def add_songs(songs: list[Song], settings: Download) -> dict[str, Columns]:
    """Fetch each song, or take it from the store, and write it to RAW; returns columns by song.

    Raises:
        DownloadError: a failure of a kind in STOP; what has been fetched is stored.
    """
    results: dict[str, Columns] = {}
    stop: Unavailable | None = None
    for song, file in fetch_all(songs, settings.concurrent):
        try:
            if isinstance(file, Exception):
                raise file
            results[song.song] = add_song(song, file, settings)
        except Unavailable as failure:
            results[song.song] = failed(failure.kind, str(failure))
            stop = stop or (failure if is_stop(failure) else None)
        except TaskDied as death:
            results[song.song] = failed("other", f"{song.source}: {death}")
    if stop:
        raise DownloadError(f"download: {stop.kind}: {stop}.\n{STOP[stop.kind]}")
    return results


def song_row(song: Song, region: Region, result: Columns) -> Columns:
    """A song's row of songs.csv. result: of add_song, or failed."""
    return (
        {"song": song.song, "region": song.region, "unknown": region.unknown}
        | {"title": song.title, "source": song.source, "version": song.version}
        | {"path": "", "sha256": "", "author": "", "album": ""}
        | result
        | {"licence": result.get("licence") or region.licence}
    )


def update_songs(
    songs: list[Song], contested: dict[str, str], regions: dict[str, Region], settings: Download
) -> tuple[list[Columns], set[str]]:
    """Write the listed songs to RAW, remove all others, and write songs.csv.

    contested: song to reason; these songs are left out.

    Returns the rows of songs.csv, and the ids of songs that were in the store.

    Raises:
        DownloadError: a failure of a kind in STOP; what has been fetched is stored.
    """
    shutil.rmtree(RAW_PART, ignore_errors=True)
    RAW_PART.mkdir(parents=True)
    undisputed = [song for song in songs if song.song not in contested]
    store_earlier_songs(undisputed)
    folder = song_results_folder()
    stored = {song.song for song in undisputed if song_results.contains(folder, result_key(song))}
    results = {song: failed("contested", reason) for song, reason in contested.items()}
    results |= add_songs(undisputed, settings)
    shutil.rmtree(RAW_PART)

    rows = [song_row(song, regions[song.region], results[song.song]) for song in songs]
    files.prune(RAW, {Path(row["path"]) for row in rows if row["path"]})
    tables.SONGS.write(rows)
    return rows, stored
