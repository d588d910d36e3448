"""The tables that stages hand on: their columns, and writing them whole or not at all."""

from pathlib import Path

import pandas as pd

from stages import atomic

SONGS = {
    "song": "string",  # id: stable, unique, safe as a file name
    "region": "string",
    "unknown": "bool",  # of a region that is never a class
    "title": "string",
    "source": "string",  # link, path or tunes
    "author": "string",  # of the song, and its licence, where the source states them
    "licence": "string",
    "album": "string",  # as the corpus file says, or else the file's tags
    "version": "string",  # of the song at its source; another one is fetched anew
    "path": "string",  # of the audio file, empty where the song failed
    "duration_s": "float64",
    "sha256": "string",
    "status": "string",  # ok, failed
    "kind": "string",  # of failure, see stages/failure.py; of a song that is ok: private, deleted
    "reason": "string",
}
STACK = {"song": "string", "key": "string", "rows": "int64"}
SEGMENTS = {
    "song": "string",
    "region": "string",
    "index": "int64",  # of the segment within its song
    "start_s": "float64",
    "duration_s": "float64",  # of real audio, before looping
    "looped": "bool",
}
FAILED = {"song": "string", "region": "string", "source": "string", "reason": "string"}
GROUPS = {"song": "string", "region": "string", "group": "string"}  # id of a group's first song
DUPLICATES = {  # pairs of songs that hold the same recording
    "song": "string",
    "region": "string",
    "other": "string",
    "other_region": "string",
    "share": "float64",  # of the landmarks of the song with fewer
}
SPLITS = {
    "song": "string",
    "region": "string",
    "group": "string",  # songs of one group are never in two parts
    "part": "string",  # train, validation, test, unknown
    "fold": "int64",  # -1 for unknown
}


def parse(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """Read a table of whatever columns; those that are named have these types."""
    return pd.read_csv(path, dtype=columns, keep_default_na=False, na_values={"duration_s": [""]})


def read(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """Read a table and check that it has exactly these columns, of these types."""
    if not path.is_file():
        raise SystemExit(f"{path}: not found. `dvc repro` makes it.")
    table = parse(path, columns)
    if list(table.columns) != list(columns):
        raise SystemExit(f"{path}: has columns {list(table.columns)}, not {list(columns)}")
    return table


def write(rows: list[dict] | pd.DataFrame, columns: dict[str, str], path: Path) -> None:
    """Write a table beside its place and move it there when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    table = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    texts = [name for name, kind in columns.items() if kind == "string"]
    # a message or a title may hold line ends, and a lone \r is none to the writer but to the reader
    table[texts] = table[texts].replace(r"\s+", " ", regex=True)
    table.to_csv(aside, index=False)
    atomic.replace(aside, path)
