"""A stage's results so far, one line of JSON per song: readable after a crash at any moment."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from musicregion.storage.files import writing


def read_by_song(path: Path) -> dict[str, dict[str, Any]]:
    """Rows by song, the last one of each; {} if there is no journal."""
    return {row["song"]: row for row in read_lines(path) if "song" in row}


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """All rows, in order; none if there is no journal.

    A line that a crash has left incomplete is skipped.
    """
    if not path.is_file():
        return
    for line in path.read_text(errors="replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def append(path: Path, row: dict[str, Any]) -> None:
    """Add a row; it is on the disk when this returns.

    The newline before it ends a line that a crash may have left incomplete.
    """
    with path.open("a") as file:
        file.write("\n" + json.dumps(row))
        file.flush()
        os.fsync(file.fileno())


def replace_all(path: Path, rows: list[dict[str, Any]]) -> None:
    """Replace the journal by these rows, atomically."""
    with writing(path) as part, part.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
