"""What an experiment left in params.yaml: the values that differ from those of the commit.

`dvc exp run -S` leaves its changes there, and the next experiment starts from them.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from musicregion.config.flatten import flatten
from musicregion.config.params import PARAMS


def git(*arguments: str) -> str:
    """The output of a git command; empty if it fails."""
    return subprocess.run(["git", *arguments], capture_output=True, text=True).stdout.strip()


def committed_text(path: Path, commit: str = "HEAD") -> str:
    """A file of a commit; empty if there is none.

    HEAD is also the commit that DVC checks out for a temporary or queued experiment.
    """
    return git("show", f"{commit}:./{path}")


def compare_params(before: str, after: str) -> dict[str, tuple[Any, Any]]:
    """Value after and before of each param that differs between two texts of params.yaml.

    By dotted key. None stands for a key that only one of them has.
    """
    old, new = (flatten(yaml.safe_load(text) or {}) for text in (before, after))
    pairs = {key: (new.get(key), old.get(key)) for key in new | old}
    return {key: (value, other) for key, (value, other) in pairs.items() if value != other}


def changed_params(path: Path = PARAMS) -> dict[str, tuple[Any, Any]]:
    """Value here and committed value of each param that differs; {} if nothing is committed."""
    committed = committed_text(PARAMS)
    return compare_params(committed, path.read_text()) if committed else {}


def describe_changes(changes: dict[str, tuple[Any, Any]]) -> str:
    """A line for each param that differs. changes: of changed_params."""
    lines = [f"  {key}: {value} (committed: {other})" for key, (value, other) in changes.items()]
    title = f"{PARAMS} differs from the commit:"
    return "\n".join([title, *lines])


def committed_settings() -> list[str]:
    """Arguments of `dvc exp run` that give every param its committed value."""
    words: list[str] = []
    for key, (_, committed) in changed_params().items():
        value = json.dumps(committed, ensure_ascii=False)
        words += ["-S", f"~{key}" if committed is None else f"++{key}={value}"]
    return words
