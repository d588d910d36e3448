"""What a run is, in words, and the commands that make it again: MLflow shows it above the run."""

import json
import os
import shlex

from musicregion.config.committed import committed_text, compare_params, git
from musicregion.config.params import PARAMS

NOTE = "mlflow.note.content"


def settings_for_dvc(before: str, after: str) -> list[str]:
    """Changes between two texts of params.yaml, as `dvc exp run -S` takes them: "model=cnn"."""
    return [
        f"{key}={json.dumps(value) if isinstance(value, list) else value}"
        for key, (value, _) in compare_params(before, after).items()
        if value is not None
    ]


def commands_for_changes(commit: str, changes: list[str], name: str) -> list[str]:
    """Commands that run an experiment again: a commit, changed params, and its name if any."""
    words = [f"-n {name}"] if name else []
    words += [f"-S {shlex.quote(change)}" for change in changes]
    commands = [
        f"git checkout {commit}",
        f"dvc exp run {' '.join(words)}" if words else "dvc repro",
    ]
    return [*commands, f"dvc exp apply {name}  # instead, without training"] if name else commands


def commands_for_experiment(commit: str, name: str) -> list[str]:
    """Commands that make an experiment of DVC again, from the commit that keeps it."""
    parent = git("rev-parse", "--short=10", f"{commit}^")
    before, after = (committed_text(PARAMS, each) for each in (parent, commit))
    return commands_for_changes(parent, settings_for_dvc(before, after), name)


def commands_now() -> list[str]:
    """Commands that make the run of this work tree again."""
    changes = settings_for_dvc(committed_text(PARAMS), PARAMS.read_text())
    commands = commands_for_changes(
        git("rev-parse", "--short=10", "HEAD"), changes, os.environ.get("DVC_EXP_NAME", "")
    )
    if git("status", "--porcelain", "-uno", "--", ".", ":!params.yaml", ":!dvc.lock"):
        commands[0] += "  # and changes that were not committed"
    return commands


def run_note(sentence: str, commands: list[str]) -> str:
    """A run's note: its result in words, then how to make it again, as Markdown."""
    block = "\n".join(f"    {command}" for command in commands)
    return f"{sentence}\n\nTo make it again:\n\n{block}\n"
