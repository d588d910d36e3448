"""What MLflow's server could not take, kept until it can: a folder for each run, in order.

`musicregion send` sends it once the server is back. The same entry may be sent twice: MLflow knows
a metric by its name, step and time.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from musicregion.storage import journal
from musicregion.tracking import store

JOURNAL = "journal.jsonl"
ENTRIES: dict[str, Callable] = {
    "metrics": lambda client, run, *rows: client.log_batch(run, [Metric(*row) for row in rows]),
    "params": lambda client, run, values: client.log_batch(
        run, params=[Param(name, str(value)) for name, value in values.items()]
    ),
    "tags": lambda client, run, values: client.log_batch(
        run, tags=[RunTag(name, str(value)) for name, value in values.items()]
    ),
    "artifacts": lambda client, run, folder, place: client.log_artifacts(run, folder, place),
    "end": lambda client, run, status, when: client.set_terminated(run, status, when),
}


def send_run(folder: Path) -> None:
    """Send what is kept of one run, then delete it. Raises what the server raises."""
    client = MlflowClient()
    run = folder.name
    # a run that was made by an earlier try, which failed later, is not made again
    entries = list(journal.read_lines(folder / JOURNAL))
    made = [entry["values"][0] for entry in entries if entry["kind"] == "made"]
    for entry in entries:
        kind, values = entry["kind"], entry["values"]
        if kind == "create":
            run = made[0] if made else client.create_run(*values).info.run_id
            if not made:
                journal.append(folder / JOURNAL, {"kind": "made", "values": [run]})
        elif kind != "made":
            ENTRIES[kind](client, run, *values)
    if "end" not in [entry["kind"] for entry in entries]:
        client.set_terminated(run, "KILLED")
    shutil.rmtree(folder)


@contextmanager
def hold_run(run_id: str, timeout: float = -1) -> Iterator[None]:
    """Whoever writes to a run's folder, or sends it, is in this block.

    timeout: seconds to wait for another, -1 for ever. Raises filelock.Timeout.
    """
    store.unsent_folder().mkdir(parents=True, exist_ok=True)
    lock = store.unsent_folder() / f"{run_id}.lock"
    with FileLock(lock, timeout=timeout):
        yield
        lock.unlink(missing_ok=True)
