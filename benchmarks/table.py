"""`python -m benchmarks.table`: do the tables of experiments fit on a screen?

Widths in characters, and the number of metrics that DVC shows for the work tree. Run `make compare`
first, so that there is something to show.
"""

import json
import os
import subprocess
import sys

from benchmarks.record import RESULT, update_record
from benchmarks.report import print_source, print_table

SCREEN = "120"  # columns of the terminal in which DVC prints
PATTERNS = (  # the README's
    *("Experiment", "model", "features"),
    *("validation.song.accuracy$", "test.song.accuracy$"),
)
SHORT = ["--drop", ".*", *(word for pattern in PATTERNS for word in ("--keep", pattern))]
COMMANDS = {  # by name: a module and its arguments
    "musicregion table": ["app.command_line", "table"],
    "dvc exp show, five columns": ["dvc", "exp", "show", "--no-pager", *SHORT],
    "dvc metrics show": ["dvc", "metrics", "show"],
}


def run(words: list[str]) -> str:
    """What a module prints, in a terminal of SCREEN columns."""
    code = "from app.command_line import main; main()"
    start = ["-c", code] if words[0] == "app.command_line" else ["-m", words[0]]
    return subprocess.run(
        [sys.executable, *start, *words[1:]],
        env=os.environ | {"COLUMNS": SCREEN},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def width(text: str) -> int:
    """Characters of the longest line, without blanks at its end."""
    return max(len(line.rstrip()) for line in text.splitlines())


def count_leaves(tree: object) -> int:
    """How many values nested dictionaries hold."""
    return sum(map(count_leaves, tree.values())) if isinstance(tree, dict) else 1


def main() -> None:
    widths = {name: width(run(words)) for name, words in COMMANDS.items()}
    shown = json.loads(run([*COMMANDS["dvc metrics show"], "--json"]))
    columns = sum(count_leaves(file["data"]) for file in shown[""]["data"].values())
    print_table(["table", "characters wide"], widths.items())
    print(f"\nmetrics: {columns}")
    update_record({"table_width": widths["musicregion table"], "metrics_columns": columns})
    print_source("table", RESULT)


if __name__ == "__main__":
    main()
