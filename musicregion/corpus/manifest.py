"""What the download stage knows from earlier runs, and what it writes down of this one."""

import os
from pathlib import Path

from musicregion.config.corpus import Region
from musicregion.config.sections import Download
from musicregion.corpus.sources import Song
from musicregion.storage import journal, tables
from musicregion.storage.checksums import sha256

LATER = {"album"}  # columns that songs.csv has not always had


def read_earlier(songs: Path, unfinished: Path) -> dict[str, dict]:
    """Rows of songs.csv by song, and of a run that was killed before it could write songs.csv."""
    rows = {}
    if songs.is_file():
        table = tables.SONGS.parse()
        if set(table.columns) >= set(tables.SONGS.columns) - LATER:
            rows = {row["song"]: row for row in table.to_dict("records")}
    rows |= journal.read_by_song(unfinished)
    return {song: dict.fromkeys(LATER, "") | row for song, row in rows.items()}


def is_intact(song: Song, row: dict, limits: Download) -> bool:
    """Whether an earlier run's file of this song is there, whole, within limits, and on offer."""
    path = Path(row["path"])
    return (
        row["status"] == "ok"
        and row["version"] == song.version
        and path.is_file()
        and not row["duration_s"] > limits.max_duration
        and path.stat().st_size <= limits.max_size * 1e6
        and sha256(path) == row["sha256"]
    )


def keep_file(song: Song, row: dict, raw: Path) -> dict:
    """The result for a song whose file is there, moved where another region has it now."""
    path = raw / song.region / Path(row["path"]).name
    if path != Path(row["path"]):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(row["path"], path)
    reason = f"{song.gone} at its source; the file of an earlier run is kept" if song.gone else ""
    told = {name: row[name] for name in ("duration_s", "sha256", "author", "licence")}
    told["album"] = song.album or row["album"]
    if song.gone:
        told["title"] = row["title"]  # the source has forgotten it
    return told | {"path": path.as_posix(), "status": "ok", "kind": song.gone, "reason": reason}


def song_row(song: Song, region: Region, result: dict) -> dict:
    """A song's row of songs.csv."""
    return (
        {"song": song.song, "region": song.region, "unknown": region.unknown}
        | {"title": song.title, "source": song.source, "version": song.version}
        | {"path": "", "sha256": "", "author": "", "album": "", "kind": "", "reason": ""}
        | result
        | {"licence": result.get("licence") or region.licence}
    )
