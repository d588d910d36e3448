"""Stores songs that DVC has from earlier downloads, so that `dvc pull` replaces downloading."""

from pathlib import Path
from typing import Any

import numpy as np

from musicregion.corpus.fetch import result_key
from musicregion.corpus.sources import Song
from musicregion.storage import song_results, tables
from musicregion.storage.checksums import sha256
from musicregion.storage.paths import RAW_PART, SONGS, song_results_folder

COLUMNS = ("title", "duration_s", "sha256", "author", "licence", "album")


def store_earlier_songs(songs: list[Song]) -> None:
    """Store the files of downloaded songs that are not in the store, but in DVC's cache or remote.

    DVC removes data/raw before it runs the stage, and knows from dvc.lock what it contained.
    """
    folder = song_results_folder()
    missing = [
        song
        for song in songs
        if not (song.computed or song.local or song_results.contains(folder, result_key(song)))
    ]
    if not missing or not Path(".dvc").is_dir():
        return
    try:
        _copy_songs(missing, folder)
    except FileNotFoundError:
        pass  # DVC has no earlier download
    except Exception as error:  # of any class: from DVC, or from the library of a remote
        print(f"WARNING: songs of earlier downloads cannot be read from DVC ({error})")


def _copy_songs(missing: list[Song], folder: Path) -> None:
    from dvc.api import DVCFileSystem

    outputs = DVCFileSystem(".")
    with outputs.open(SONGS.as_posix()) as file:
        table = tables.SONGS.parse(file)
    records: Any = table[table["status"] == "ok"].to_dict("records")
    rows = {(row["song"], row["source"], row["version"]): row for row in records}
    for song in missing:
        row = rows.get((song.song, song.source, song.version))
        if row is None:
            continue
        part = RAW_PART / Path(row["path"]).name
        try:
            outputs.get_file(row["path"], str(part))
        except FileNotFoundError:
            continue
        if sha256(part) == row["sha256"]:
            result = {name: row[name] for name in COLUMNS}
            result |= {"suffix": part.suffix, "size": part.stat().st_size}
            content = np.memmap(part, "uint8", "r")
            song_results.store(folder, result_key(song), result | {"content": content})
        part.unlink()
