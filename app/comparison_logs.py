"""Reads what the experiments of `musicregion compare-models` print, a log for each model."""

import re
from pathlib import Path

from musicregion.storage.paths import COMPARISON_LOGS

STARTED = "Reproducing experiment"  # DVC is no longer busy with the work tree when it prints this


def experiment_name(model: str) -> str:
    """The DVC experiment of a model."""
    return f"compare-{model}"


def read_lines(log: Path) -> list[str]:
    """The lines of a log as a terminal shows them: of a progress bar the last state.

    Without control sequences and empty lines; at least one.
    """
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", log.read_bytes().decode(errors="replace"))
    lines = (line.strip().rpartition("\r")[2].strip() for line in text.split("\n"))
    return [line for line in lines if line] or [""]


def failure_reason(model: str) -> str:
    """Why a model's experiment failed: what the stage said, or else DVC's own error; and the log.

    A process of DVC that has finished its experiment takes over one that another is setting up, so
    the experiment may be in another model's log.
    """
    logs = {log: read_lines(log) for log in COMPARISON_LOGS.glob("*.log")}
    title = f"{STARTED} '{experiment_name(model)}'"
    log = next((log for log in logs if title in logs[log]), COMPARISON_LOGS / f"{model}.log")
    lines = logs[log][logs[log].index(title) if title in logs[log] else 0 :]
    return f"{model}: {stage_error(lines)} ({log})"


def stage_error(lines: list[str]) -> str:
    """What a stage printed before it failed, or else DVC's own error. lines: of a log."""
    errors = [number for number, line in enumerate(lines) if line.startswith("ERROR")]
    if not errors:
        return lines[-1]
    first = errors[0]
    return lines[first - 1 if first and "failed to reproduce" in lines[first] else first]
