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


def committed_params() -> dict[str, Any] | None:
    """params.yaml of the commit that is checked out, by dotted key; None where there is none.

    DVC checks out the commit that a temporary or queued experiment starts from.
    """
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{PARAMS}"], capture_output=True, text=True, check=False
    )
    return flatten(yaml.safe_load(shown.stdout)) if shown.returncode == 0 else None


def changed_params(path: Path = PARAMS) -> dict[str, tuple[Any, Any]]:
    """Value here and committed value of each param that differs, by dotted key.

    None stands for a key that only one of them has. Empty where nothing is committed.
    """
    committed = committed_params()
    if committed is None:
        return {}
    here = flatten(yaml.safe_load(path.read_text()))
    pairs = {key: (here.get(key), committed.get(key)) for key in here | committed}
    return {key: (value, other) for key, (value, other) in pairs.items() if value != other}


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
