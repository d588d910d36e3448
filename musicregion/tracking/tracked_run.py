"""An MLflow run that survives server outages: what is not received is stored and sent later."""

import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from mlflow import MlflowClient

from musicregion.tracking import store
from musicregion.tracking.entries import SEND
from musicregion.tracking.unsent import JOURNAL, append_entry


def now_ms() -> int:
    """Milliseconds since 1970, as MLflow counts time."""
    return time.time_ns() // 1_000_000


@dataclass
class TrackedRun:
    """One run. What is logged goes to the server, or, from its first failure on, to a folder.

    moment: of the entries, in milliseconds; None: when they are logged.
    """

    run_id: str
    client: MlflowClient = field(default_factory=MlflowClient)
    down: bool = False
    moment: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)  # keeps the order

    @property
    def unsent(self) -> Path:
        """The folder for what the server did not receive."""
        return store.unsent_folder() / self.run_id

    @property
    def time_ms(self) -> int:
        """The time of an entry that is logged now."""
        return now_ms() if self.moment is None else self.moment

    def log_metrics(self, values: dict[str, float], step: int = 0) -> None:
        """Log metrics at a step, such as an epoch."""
        self._log("metrics", *self._rows(values, step))

    def log_model_metrics(self, values: dict[str, float], dataset: dict[str, str]) -> None:
        """Log metrics of the run's model. dataset: as of log_dataset."""
        self._log("model metrics", dataset, *self._rows(values, 0))

    def log_params(self, values: dict[str, object]) -> None:
        """Log params by dotted key."""
        self._log("params", values)

    def set_tags(self, values: dict[str, object]) -> None:
        """Set tags of the run."""
        self._log("tags", values)

    def log_dataset(self, dataset: dict[str, str], context: str) -> None:
        """Log what the run learned from or was evaluated on.

        dataset: name, digest, source_type and source, as of mlflow.entities.Dataset.
        """
        self._log("dataset", dataset, context)

    def log_model(self, folder: Path, name: str, params: dict[str, object]) -> None:
        """Log a model that mlflow.pyfunc.save_model has written, trained with these params."""
        self._log("model", str(folder), name, params)

    def log_artifacts(self, folder: Path, artifact_path: str) -> None:
        """Log the files of a folder to `artifact_path` of the run."""
        self._log("artifacts", str(folder), artifact_path)

    def end(self, status: str) -> None:
        """End the run with a status of MLflow's: FINISHED, FAILED or KILLED."""
        self._log("end", status, self.time_ms)

    def lost(self, error: Exception) -> None:
        """Store everything in the folder from now on, and tell the user why."""
        self.down = True
        reason = (str(error) or type(error).__name__).strip().splitlines()[0][:200]
        print(
            f"MLflow's server does not answer ({reason}). Training continues; what is "
            f"logged is kept in {self.unsent}.",
            file=sys.stderr,
        )

    def _rows(self, values: dict[str, float], step: int) -> list[list]:
        return [[name, float(value), self.time_ms, step] for name, value in values.items()]

    def _log(self, kind: str, *values: object) -> None:
        with self.lock:
            if not self.down:
                try:
                    SEND[kind](self.client, self.run_id, *values)
                    return
                except Exception as error:  # whatever it is, it must not end the training
                    self.lost(error)
            self.keep(kind, *values)

    def keep(self, kind: str, *values: object) -> None:
        """Store an entry in the folder; it is on the disk when this returns."""
        self.unsent.mkdir(parents=True, exist_ok=True)
        if kind in ("artifacts", "model"):
            source, name, *rest = values
            copy = self.unsent / "files" / str(name)
            shutil.copytree(str(source), copy, dirs_exist_ok=True)
            values = str(copy), name, *rest
        append_entry(self.unsent / JOURNAL, {"kind": kind, "values": values})
