"""Entries that MLflow's server did not receive, stored in order until it does: a folder per run.

`musicregion send` sends them when the server is back. An entry may be sent twice: see
musicregion.tracking.entries.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from mlflow import MlflowClient

from musicregion.tracking import store
from musicregion.tracking.entries import SEND

JOURNAL = "journal.jsonl"


def read_entries(path: Path) -> Iterator[dict[str, Any]]:
    """All entries of a journal, in order; a line that a crash has left incomplete is skipped."""
    if not path.is_file():
        return
    for line in path.read_text(errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def append_entry(path: Path, entry: dict[str, Any]) -> None:
    """Add an entry to a journal; it is on the disk when this returns.

    The newline before it ends a line that a crash may have left incomplete.
    """
    with path.open("a") as file:
        file.write("\n" + json.dumps(entry))
        file.flush()
        os.fsync(file.fileno())


def send_run(folder: Path) -> None:
    """Send the stored entries of one run, then delete them. Raises what the server raises."""
    client = MlflowClient()
    run = folder.name
    # a run that an earlier attempt created before it failed is not created again
    entries = list(read_entries(folder / JOURNAL))
    created = [entry["values"][0] for entry in entries if entry["kind"] == "made"]
    for entry in entries:
        kind, values = entry["kind"], entry["values"]
        if kind == "create":
            run = created[0] if created else client.create_run(*values).info.run_id
            if not created:
                append_entry(folder / JOURNAL, {"kind": "made", "values": [run]})
        elif kind != "made":
            SEND[kind](client, run, *values)
    if "end" not in [entry["kind"] for entry in entries]:
        client.set_terminated(run, "KILLED")
    shutil.rmtree(folder)


@contextmanager
def hold_run(run_id: str, timeout: float = -1) -> Iterator[None]:
    """For the block: no other process writes to the run's folder or sends it.

    timeout: seconds to wait for another process, -1: no limit. Raises filelock.Timeout.
    """
    store.unsent_folder().mkdir(parents=True, exist_ok=True)
    lock = store.unsent_folder() / f"{run_id}.lock"
    with FileLock(lock, timeout=timeout):
        yield
        lock.unlink(missing_ok=True)
