"""The Dask cluster that does the work if a scheduler is configured; unused otherwise.

Workers work in this repository's folder, under the same path: on this machine, or on others that
mount it. Each has one thread, since a decoder that hangs is ended with its process.
"""

import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicregion.compute.dask_worker import Outcome, preparation, task_runner
from musicregion.config import params
from musicregion.errors import ClusterError, TaskDied

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 4  # tasks per worker that are sent before the first is done
PATIENCE = 10  # seconds for the scheduler to respond, and for the first worker to connect
ALONE = 60  # seconds without any worker until we give up
PACKAGES = (  # that decide what a task returns
    *("av", "keras", "numpy", "optuna", "pandas", "scikit-learn", "scipy", "soundfile"),
    *("soxr", "symusic", "tensorflow"),
)
RESUME = "The same command continues with what the stage has finished."


def scheduler_address() -> str:
    """DASK_SCHEDULER_ADDRESS, or else cluster.scheduler of params.yaml; empty for no cluster."""
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    return address or (params.load().cluster.scheduler if params.PARAMS.is_file() else "")


def _preparation() -> Callable[..., str]:
    return preparation(Path.cwd(), {name: version(name) for name in PACKAGES})


@cache
def connect() -> "Client":
    """The connection to the cluster, after a check of its workers.

    Raises:
        ClusterError: no scheduler, no workers, or workers that cannot do this folder's work.
    """
    import dask
    from distributed import Client

    dask.config.set({"distributed.comm.timeouts.connect": PATIENCE})
    try:
        client = Client(scheduler_address(), timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"cluster: no scheduler answers at {scheduler_address()} ({error}). Start one with "
            "`dask scheduler`, or unset DASK_SCHEDULER_ADDRESS and cluster.scheduler."
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(
            f"cluster: {scheduler_address()} has no workers. Start some on machines that see this "
            f"folder: `dask worker {scheduler_address()} --nworkers 2 --nthreads 1`."
        ) from None
    for worker, complaint in client.run(_preparation()).items():
        if complaint:
            raise ClusterError(f"cluster: worker {worker}: {complaint}")
    return client


def _wait_for(client: "Client", future: "Future", label: str) -> Outcome:
    """The outcome that a future holds once it is done.

    Raises:
        KilledWorker: several workers were lost while they worked on it.
        ClusterError: there has been no worker for a while.
    """
    from distributed import wait

    last_seen = time.monotonic()
    while not future.done():
        if client.nthreads():
            last_seen = time.monotonic()
        if time.monotonic() - last_seen > ALONE:
            raise ClusterError(
                f"{label}: {scheduler_address()} has had no worker for {ALONE} s. {RESUME}"
            )
        with suppress(TimeoutError):
            wait(future, timeout=1)
    return future.result()


def map_tasks(task: Callable, items: list[tuple], label: str) -> Iterator[Any]:
    """As parallel.map_songs, on the cluster: results in order, TaskDied for a task that crashes.

    If a worker is lost, its tasks go to another.

    Raises:
        ClusterError: the scheduler or all workers are gone, or a worker cannot do the work.
    """
    from distributed import CancelledError, KilledWorker, wait
    from distributed.client import ClosedClientError

    if not items:
        return
    client = connect()
    run = task_runner(_preparation())

    def submit(item: tuple) -> "Future":
        return client.submit(run, pickle.dumps((task, item)), pure=False)

    def outcome_or_death(item: tuple) -> Outcome:
        try:
            try:
                return _wait_for(client, submitted.popleft(), label)
            except KilledWorker:  # perhaps by another task: once more, with none beside it
                wait(submitted)
                return _wait_for(client, submit(item), label)
        except KilledWorker:
            return TaskDied("the processes that worked on it were lost"), None, ""

    submitted: deque[Future] = deque()
    remaining = iter(items)
    for item in items:
        try:
            free = AHEAD * max(1, len(client.nthreads())) - len(submitted)
            submitted.extend(submit(next_item) for next_item in islice(remaining, max(0, free)))
            result, error, complaint = outcome_or_death(item)
        except (CancelledError, ClosedClientError, OSError) as lost:  # closed connection: OSError
            raise ClusterError(
                f"{label}: the scheduler at {scheduler_address()} is gone "
                f"({type(lost).__name__}). {RESUME}"
            ) from None
        if complaint:
            raise ClusterError(f"cluster: a worker cannot do the work: {complaint}")
        if error:
            raise error
        yield result
