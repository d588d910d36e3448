"""An MLflow run that a server which goes away cannot stop, and of which nothing is lost.

What the server does not take is kept in mlruns/unsent/<run>/, in order, and
`python -m stages.send` sends it once the server is back. The same entry may be sent twice: MLflow
knows a metric by its name, step and time.
"""

import getpass
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from stages import journal, tracking

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


def now() -> int:
    """Milliseconds, as MLflow counts time."""
    return time.time_ns() // 1_000_000


@dataclass
class Record:
    """One run. What is logged goes to the server, or from its first failure on to a folder."""

    run_id: str
    client: MlflowClient = field(default_factory=MlflowClient)
    down: bool = False

    @property
    def unsent(self) -> Path:
        return tracking.unsent() / self.run_id

    def metrics(self, values: dict[str, float], step: int = 0) -> None:
        when = now()
        self._log("metrics", *([name, float(value), when, step] for name, value in values.items()))

    def params(self, values: dict[str, object]) -> None:
        self._log("params", values)

    def tags(self, values: dict[str, object]) -> None:
        self._log("tags", values)

    def artifacts(self, folder: Path, place: str) -> None:
        """The files of a folder, to be found in `place` of the run."""
        self._log("artifacts", str(folder), place)

    def end(self, status: str) -> None:
        self._log("end", status, now())

    def lost(self, error: Exception) -> None:
        """From here on all is kept in the folder."""
        self.down = True
        reason = (str(error) or type(error).__name__).strip().splitlines()[0][:200]
        print(
            f"MLflow's server does not answer ({reason}). Training goes on; what it would have "
            f"been told is kept in {self.unsent}.",
            file=sys.stderr,
        )

    def _log(self, kind: str, *values: object) -> None:
        if not self.down:
            try:
                ENTRIES[kind](self.client, self.run_id, *values)
                return
            except Exception as error:  # whatever it is, training must not die of it
                self.lost(error)
        self.keep(kind, *values)

    def keep(self, kind: str, *values: object) -> None:
        """Keep an entry in the folder, on the disk when this returns."""
        self.unsent.mkdir(parents=True, exist_ok=True)
        if kind == "artifacts":
            source, place = values
            kept = self.unsent / "files" / place
            shutil.copytree(source, kept, dirs_exist_ok=True)
            values = str(kept), place
        journal.append(self.unsent / JOURNAL, {"kind": kind, "values": values})


def send(folder: Path) -> None:
    """Send what is kept of one run, then delete it. Raises what the server raises."""
    client = MlflowClient()
    run = folder.name
    # a run that was made by an earlier try, which failed later, is not made again
    entries = list(journal.lines(folder / JOURNAL))
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
def held(run_id: str, timeout: float = -1) -> Iterator[None]:
    """Whoever writes to a run's folder, or sends it, is in this block.

    timeout: seconds to wait for another, -1 for ever. Raises filelock.Timeout.
    """
    tracking.unsent().mkdir(parents=True, exist_ok=True)
    lock = tracking.unsent() / f"{run_id}.lock"
    with FileLock(lock, timeout=timeout):
        yield
        lock.unlink(missing_ok=True)


def created(experiment_id: str, label: str, tags: dict[str, str], parent: str = "") -> Record:
    """A new run, below a parent's where one is named; kept in a folder if the server is gone."""
    tags = tags | {"mlflow.source.name": "stages"}
    with suppress(KeyError, OSError):  # in a container a user may have no name
        tags["mlflow.user"] = getpass.getuser()
    if parent:
        tags[MLFLOW_PARENT_RUN_ID] = parent
    try:
        run = MlflowClient().create_run(experiment_id, tags=tags, run_name=label)
        return Record(run.info.run_id)
    except Exception as error:
        record = Record(f"{label.replace(' ', '-')}-{now()}")
        record.lost(error)
        record.keep("create", experiment_id, now(), tags, label)
        return record


@contextmanager
def opened(record: Record) -> Iterator[Record]:
    """A run for the time of the block; a block that raises marks it as failed.

    Something of it may be waiting from an earlier process: that comes first.
    """
    with held(record.run_id):
        if record.unsent.is_dir():
            record.down = True
        try:
            yield record
        except BaseException:
            record.end("FAILED")
            raise
        else:
            record.end("FINISHED")
        finally:
            if record.down:
                try:
                    send(record.unsent)
                except Exception:
                    print(
                        f"Kept in {record.unsent}. `python -m stages.send` sends it.",
                        file=sys.stderr,
                    )
