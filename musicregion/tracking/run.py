"""Creates, opens and ends MLflow runs."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mlflow import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from musicregion.tracking.tracked_run import TrackedRun, now_ms
from musicregion.tracking.unsent import hold_run, send_run


def create_run(
    experiment_id: str,
    label: str,
    tags: dict[str, str],
    parent: str = "",
    moment: int | None = None,
) -> TrackedRun:
    """A new run, nested in the run `parent` if given; stored in a folder if the server is gone.

    moment: when it was made, in milliseconds; None: now.
    """
    tags = tags | {"mlflow.source.name": "stages"}
    with suppress(KeyError, OSError):  # in a container a user may have no name
        tags["mlflow.user"] = getpass.getuser()
    if parent:
        tags[MLFLOW_PARENT_RUN_ID] = parent
    try:
        run = MlflowClient().create_run(experiment_id, moment, tags, label)
        return TrackedRun(run.info.run_id, moment=moment)
    except Exception as error:
        record = TrackedRun(f"{label.replace(' ', '-')}-{now_ms()}", moment=moment)
        record.lost(error)
        record.keep("create", experiment_id, record.time_ms, tags, label)
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
