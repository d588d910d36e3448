"""Brings data/raw and songs.csv up to date with a corpus; fetches only what is missing."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tqdm import tqdm

from musicregion.config.corpus import Region
from musicregion.config.sections import Download
from musicregion.corpus import manifest
from musicregion.corpus.failures import STOP
from musicregion.corpus.fetch import fetch_all
from musicregion.corpus.sources import Song
from musicregion.errors import DownloadError
from musicregion.storage import journal, tables
from musicregion.storage.files import prune
from musicregion.storage.paths import DOWNLOAD_JOURNAL, RAW, RAW_PART, SONGS

Rows = dict[str, dict[str, Any]]  # song id to columns of songs.csv


def find_intact(songs: list[Song], earlier: Rows, settings: Download) -> set[str]:
    """Ids of the songs whose files of an earlier run can be kept."""
    candidates = [song for song in songs if song.song in earlier]
    with ThreadPoolExecutor() as pool:
        checks = pool.map(
            lambda song: manifest.is_intact(song, earlier[song.song], settings), candidates
        )
        bar = tqdm(checks, "check", len(candidates), unit="song", disable=not candidates)
        return {song.song for song, intact in zip(candidates, bar, strict=True) if intact}


def keep_files(songs: list[Song], earlier: Rows) -> Rows:
    """The result for each song whose file is kept; the file is moved if the region has changed."""
    results: Rows = {}
    for song in songs:
        results[song.song] = manifest.keep_file(song, earlier[song.song], RAW)
        if results[song.song]["path"] != earlier[song.song]["path"]:
            journal.append(DOWNLOAD_JOURNAL, earlier[song.song] | results[song.song])
    return results


def fetch_missing(songs: list[Song], settings: Download) -> Rows:
    """Fetch each song; returns fetch_song's result for each. Every file is in the journal.

    Raises:
        DownloadError: a failure of a kind in STOP; what has been fetched is kept.
    """
    results: Rows = {}
    stop: dict[str, Any] | None = None
    for song, result in fetch_all(songs, settings):
        results[song.song] = result
        if result["status"] == "ok":
            row = {"song": song.song, "title": song.title, "version": song.version}
            journal.append(DOWNLOAD_JOURNAL, row | result)
        elif result["kind"] in STOP:
            stop = stop or result
    if stop:
        raise DownloadError(f"download: {stop['kind']}: {stop['reason']}.\n{STOP[stop['kind']]}")
    return results


def update_songs(
    songs: list[Song], contested: dict[str, str], regions: dict[str, Region], settings: Download
) -> tuple[list[dict[str, Any]], set[str], int]:
    """Fetch what is missing, remove what is not listed any more, and write songs.csv.

    contested: song to reason; these songs are left out.

    Returns the rows of songs.csv, the ids of songs whose files were kept, and the number of songs
    of the previous run that are not listed any more.

    Raises:
        DownloadError: a failure of a kind in STOP; what has been fetched is kept.
    """
    earlier = manifest.read_earlier(SONGS, DOWNLOAD_JOURNAL)
    shutil.rmtree(RAW_PART, ignore_errors=True)
    RAW_PART.mkdir(parents=True)
    undisputed = [song for song in songs if song.song not in contested]
    intact = find_intact(undisputed, earlier, settings)
    results: Rows = {
        song: {"status": "failed", "kind": "contested", "reason": reason}
        for song, reason in contested.items()
    }
    results |= keep_files([song for song in undisputed if song.song in intact], earlier)
    results |= fetch_missing([song for song in songs if song.song not in results], settings)
    shutil.rmtree(RAW_PART)

    rows = [manifest.song_row(song, regions[song.region], results[song.song]) for song in songs]
    prune(RAW, {Path(row["path"]) for row in rows if row["path"]})
    tables.SONGS.write(rows)
    DOWNLOAD_JOURNAL.unlink(missing_ok=True)
    return rows, intact, len(set(earlier) - {row["song"] for row in rows})
