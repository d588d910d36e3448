"""What a stage has done so far, a line of JSON a song: readable after a kill at any moment."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from musicregion.storage.files import writing


def read_by_song(path: Path) -> dict[str, dict]:
    """Rows by song, the last one where a song has several; {} where there is no journal.

    A line that is not whole was being written when the process died: it is passed over.
    """
    return {row["song"]: row for row in read_lines(path) if "song" in row}


def read_lines(path: Path) -> Iterator[dict]:
    """All rows, in order; none where there is no journal."""
    if not path.is_file():
        return
    for line in path.read_text(errors="replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def append(path: Path, row: dict) -> None:
    """Add a row, on the disk when this returns.

    The newline before it ends a line that a kill has torn.
    """
    with path.open("a") as file:
        file.write("\n" + json.dumps(row))
        file.flush()
        os.fsync(file.fileno())


def replace_all(path: Path, rows: list[dict]) -> None:
    """Replace the journal by these rows, whole or not at all."""
    with writing(path) as part, part.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
