"""Reads what earlier runs of the download stage left, and makes the rows of this one."""

import os
from pathlib import Path
from typing import Any

from musicregion.config.corpus import Region
from musicregion.config.sections import Download
from musicregion.corpus.sources import Song
from musicregion.storage import journal, tables
from musicregion.storage.checksums import sha256

ADDED_LATER = {"album"}  # columns that a songs.csv of an older version lacks


def read_earlier(songs: Path, unfinished: Path) -> dict[str, dict[str, Any]]:
    """Rows of songs.csv by song, and those of a run that was killed before it wrote songs.csv.

    unfinished: the journal of such a run.
    """
    rows: dict[str, dict[str, Any]] = {}
    if songs.is_file():
        table = tables.SONGS.parse()
        if set(table.columns) >= set(tables.SONGS.columns) - ADDED_LATER:
            records: Any = table.to_dict("records")
            rows = {row["song"]: row for row in records}
    rows |= journal.read_by_song(unfinished)
    return {song: dict.fromkeys(ADDED_LATER, "") | row for song, row in rows.items()}


def is_intact(song: Song, row: dict[str, Any], limits: Download) -> bool:
    """Whether the file of an earlier run is there, undamaged, within limits and of this version.

    row: the song's row of that run.
    """
    path = Path(row["path"])
    return (
        row["status"] == "ok"
        and row["version"] == song.version
        and path.is_file()
        and not row["duration_s"] > limits.max_duration
        and path.stat().st_size <= limits.max_size * 1e6
        and sha256(path) == row["sha256"]
    )


def keep_file(song: Song, row: dict[str, Any], raw: Path) -> dict[str, Any]:
    """The result for a song whose file is kept; the file is moved if the region has changed."""
    path = raw / song.region / Path(row["path"]).name
    if path != Path(row["path"]):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(row["path"], path)
    kept = f"not available at its source ({song.gone}); the file of an earlier run is kept"
    result = {name: row[name] for name in ("duration_s", "sha256", "author", "licence")}
    result["album"] = song.album or row["album"]
    if song.gone:
        result["title"] = row["title"]  # the source does not state it any more
    result |= {"path": path.as_posix(), "status": "ok", "kind": song.gone}
    return result | {"reason": kept if song.gone else ""}


def song_row(song: Song, region: Region, result: dict[str, Any]) -> dict[str, Any]:
    """A song's row of songs.csv. result: of fetch_song or keep_file."""
    return (
        {"song": song.song, "region": song.region, "unknown": region.unknown}
        | {"title": song.title, "source": song.source, "version": song.version}
        | {"path": "", "sha256": "", "author": "", "album": "", "kind": "", "reason": ""}
        | result
        | {"licence": result.get("licence") or region.licence}
    )
