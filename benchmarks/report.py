"""What every benchmark ends with: its results as a file, and as a table on the screen."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from musicregion.storage.files import writing

RESULTS = Path("benchmarks/results")


def read_rows(path: Path) -> list[dict]:
    """The rows of an earlier run, or none."""
    return json.loads(path.read_text()) if path.is_file() else []


def write_json(path: Path, results: Any, indent: int | None = 2) -> None:  # noqa: ANN401
    """Write results as JSON, the whole file or nothing."""
    with writing(path) as part:
        part.write_text(json.dumps(results, indent=indent) + "\n")


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def print_source(name: str, *paths: Path) -> None:
    """Print the command that made the results, and the files that it wrote."""
    print(f"\nMade by `python -m benchmarks.{name}`, written to {', '.join(map(str, paths))}")
