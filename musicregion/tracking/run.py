"""An MLflow run that survives server outages: what is not received is stored and sent later."""

import getpass
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from mlflow import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from musicregion.tracking import store
from musicregion.tracking.unsent import ENTRIES, JOURNAL, append_entry, hold_run, send_run


def now_ms() -> int:
    """Milliseconds since 1970, as MLflow counts time."""
    return time.time_ns() // 1_000_000


@dataclass
class TrackedRun:
    """One run. What is logged goes to the server, or, from its first failure on, to a folder."""

    run_id: str
    client: MlflowClient = field(default_factory=MlflowClient)
    down: bool = False

    @property
    def unsent(self) -> Path:
        """The folder for what the server did not receive."""
        return store.unsent_folder() / self.run_id

    def log_metrics(self, values: dict[str, float], step: int = 0) -> None:
        """Log metrics at a step, such as an epoch."""
        timestamp = now_ms()
        self._log(
            "metrics", *([name, float(value), timestamp, step] for name, value in values.items())
        )

    def log_params(self, values: dict[str, object]) -> None:
        """Log params by dotted key."""
        self._log("params", values)

    def set_tags(self, values: dict[str, object]) -> None:
        """Set tags of the run."""
        self._log("tags", values)

    def log_artifacts(self, folder: Path, artifact_path: str) -> None:
        """Log the files of a folder to `artifact_path` of the run."""
        self._log("artifacts", str(folder), artifact_path)

    def end(self, status: str) -> None:
        """End the run with a status of MLflow's: FINISHED, FAILED or KILLED."""
        self._log("end", status, now_ms())

    def lost(self, error: Exception) -> None:
        """Store everything in the folder from now on, and tell the user why."""
        self.down = True
        reason = (str(error) or type(error).__name__).strip().splitlines()[0][:200]
        print(
            f"MLflow's server does not answer ({reason}). Training continues; what is "
            f"logged is kept in {self.unsent}.",
            file=sys.stderr,
        )

    def _log(self, kind: str, *values: object) -> None:
        if not self.down:
            try:
                ENTRIES[kind](self.client, self.run_id, *values)
                return
            except Exception as error:  # whatever it is, it must not end the training
                self.lost(error)
        self.keep(kind, *values)

    def keep(self, kind: str, *values: object) -> None:
        """Store an entry in the folder; it is on the disk when this returns."""
        self.unsent.mkdir(parents=True, exist_ok=True)
        if kind == "artifacts":
            source, artifact_path = map(str, values)
            copy = self.unsent / "files" / artifact_path
            shutil.copytree(source, copy, dirs_exist_ok=True)
            values = str(copy), artifact_path
        append_entry(self.unsent / JOURNAL, {"kind": kind, "values": values})


def create_run(
    experiment_id: str, label: str, tags: dict[str, str], parent: str = ""
) -> TrackedRun:
    """A new run, nested in the run `parent` if given; stored in a folder if the server is gone."""
    tags = tags | {"mlflow.source.name": "stages"}
    with suppress(KeyError, OSError):  # in a container a user may have no name
        tags["mlflow.user"] = getpass.getuser()
    if parent:
        tags[MLFLOW_PARENT_RUN_ID] = parent
    try:
        run = MlflowClient().create_run(experiment_id, tags=tags, run_name=label)
        return TrackedRun(run.info.run_id)
    except Exception as error:
        record = TrackedRun(f"{label.replace(' ', '-')}-{now_ms()}")
        record.lost(error)
        record.keep("create", experiment_id, now_ms(), tags, label)
        return record


@contextmanager
def open_run(record: TrackedRun) -> Iterator[TrackedRun]:
    """Ends the run with the block, as failed if the block raises.

    If an earlier process has left entries of this run unsent, those are sent first.
    """
    with hold_run(record.run_id):
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
                    send_run(record.unsent)
                except Exception:
                    print(
                        f"Kept in {record.unsent}. `musicregion send` sends it.",
                        file=sys.stderr,
                    )
