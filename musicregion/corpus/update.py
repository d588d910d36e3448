"""Brings data/raw and songs.csv up to date with what a corpus lists; fetches what is missing."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def find_intact(songs: list[Song], earlier: dict[str, dict], settings: Download) -> set[str]:
    """Ids of the songs whose files of an earlier run are there and whole."""
    known = [song for song in songs if song.song in earlier]
    with ThreadPoolExecutor() as pool:
        checks = pool.map(
            lambda song: manifest.is_intact(song, earlier[song.song], settings), known
        )
        checks = tqdm(checks, "check", len(known), unit="song", disable=not known)
        return {song.song for song, whole in zip(known, checks, strict=True) if whole}


def keep_files(songs: list[Song], earlier: dict[str, dict]) -> dict[str, dict]:
    """The result for each song whose file is there, moved where another region has it now."""
    results = {}
    for song in songs:
        results[song.song] = manifest.keep_file(song, earlier[song.song], RAW)
        if results[song.song]["path"] != earlier[song.song]["path"]:
            journal.append(DOWNLOAD_JOURNAL, earlier[song.song] | results[song.song])
    return results


def fetch_missing(songs: list[Song], settings: Download) -> dict[str, dict]:
    """The result for each song, fetched; each file is whole, and in the journal.

    Raises:
        DownloadError: a failure that every further song would meet; what is there is kept.
    """
    results, stop = {}, None
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
) -> tuple[list[dict], set[str], int]:
    """Fetch what is missing, remove what is not listed any more, and write songs.csv.

    contested: song to reason; these are left out.

    Returns its rows, the ids of songs whose files were kept, and how many songs were dropped.

    Raises:
        DownloadError: as fetch_missing.
    """
    earlier = manifest.read_earlier(SONGS, DOWNLOAD_JOURNAL)
    shutil.rmtree(RAW_PART, ignore_errors=True)
    RAW_PART.mkdir(parents=True)
    undisputed = [song for song in songs if song.song not in contested]
    kept = find_intact(undisputed, earlier, settings)
    results = {
        song: {"status": "failed", "kind": "contested", "reason": reason}
        for song, reason in contested.items()
    }
    results |= keep_files([song for song in undisputed if song.song in kept], earlier)
    results |= fetch_missing([song for song in songs if song.song not in results], settings)
    shutil.rmtree(RAW_PART)

    rows = [manifest.song_row(song, regions[song.region], results[song.song]) for song in songs]
    prune(RAW, {Path(row["path"]) for row in rows if row["path"]})
    tables.SONGS.write(rows)
    DOWNLOAD_JOURNAL.unlink(missing_ok=True)
    return rows, kept, len(set(earlier) - {row["song"] for row in rows})
