"""The Dask cluster that does the work where a scheduler is named; without one nothing of it runs.

Workers work in this repository's folder, under the same path: on this machine, or on others that
mount it. Each has one thread, since a decoder that hangs is ended with its process.
"""

import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicregion.compute.dask_worker import preparation
from musicregion.config import params
from musicregion.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client, Future


AHEAD = 4  # tasks a worker that are sent before the first is done
PATIENCE = 10  # seconds for the scheduler to answer, and for the first worker to be there
ALONE = 60  # seconds without any worker until we give up
PACKAGES = ("av", "keras", "numpy", "optuna", "pandas", "scikit-learn", "scipy", "soundfile")
PACKAGES += ("soxr", "symusic", "tensorflow")  # that decide what a task returns


def scheduler_address() -> str:
    """DASK_SCHEDULER_ADDRESS, or else cluster.scheduler of params.yaml; empty for no cluster."""
    named = os.environ.get("DASK_SCHEDULER_ADDRESS")
    return named or (params.load().cluster.scheduler if params.PARAMS.is_file() else "")


@cache
def connect() -> "Client":
    """The connection to the cluster, once its workers are found to be fit.

    Raises:
        ClusterError: no scheduler, no workers, or workers that cannot do this folder's work.
    """
    import dask
    from distributed import Client

    dask.config.set({"distributed.comm.timeouts.connect": PATIENCE})
    try:
        found = Client(scheduler_address(), timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"cluster: no scheduler answers at {scheduler_address()} ({error}). Start one with "
            "`dask scheduler`, or unset DASK_SCHEDULER_ADDRESS and cluster.scheduler."
        ) from None
    try:
        found.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(
            f"cluster: {scheduler_address()} has no workers. Start some on machines that see this "
            f"folder: `dask worker {scheduler_address()} --nworkers 2 --nthreads 1`."
        ) from None
    settle = preparation(Path.cwd(), {name: version(name) for name in PACKAGES})
    for worker, complaint in found.run(settle).items():
        if complaint:
            raise ClusterError(f"cluster: worker {worker}: {complaint}")
    return found


def map_tasks(task: Callable, items: list[tuple], label: str) -> Iterator[Any]:
    """As parallel.map_songs, on the cluster: results in order, TaskDied for a task that kills.

    A worker that is lost costs nothing: its tasks go to another.

    Raises:
        ClusterError: the scheduler is gone, or all workers are, or one is not fit.
    """
    from distributed import CancelledError, KilledWorker, wait
    from distributed.client import ClosedClientError

    from musicregion.errors import TaskDied

    if not items:
        return
    own = connect()
    settle = preparation(Path.cwd(), {name: version(name) for name in PACKAGES})

    def run(packed: bytes) -> tuple[object, BaseException | None, str]:
        import pickle  # this function is sent whole: the scheduler lacks our modules

        complaint = settle()
        if complaint:
            return None, None, complaint
        task, item = pickle.loads(packed)
        try:
            return task(*item), None, ""
        except Exception as error:  # or else taken for an error of the cluster
            return None, error, ""

    def submit(item: tuple) -> "Future":
        return own.submit(run, pickle.dumps((task, item)), pure=False)

    def awaited(future: "Future") -> tuple[object, BaseException | None, str]:
        empty = time.monotonic()
        while not future.done():
            if own.nthreads():
                empty = time.monotonic()
            if time.monotonic() - empty > ALONE:
                raise ClusterError(
                    f"{label}: {scheduler_address()} has had no worker for {ALONE} s. {kept}"
                )
            wait_a_little(future)
        return future.result()

    def wait_a_little(future: "Future") -> None:
        try:
            wait(future, timeout=1)
        except TimeoutError:
            return

    def answer(future: "Future", item: tuple) -> tuple[object, BaseException | None, str]:
        try:
            try:
                return awaited(future)
            except KilledWorker:  # perhaps by a neighbour: once more, with none beside it
                wait(waiting)
                return awaited(submit(item))
        except KilledWorker:
            return TaskDied("the processes that worked on it were lost"), None, ""

    kept = "The same command goes on with what the stage has finished."
    waiting: deque = deque()
    coming = iter(items)
    for item in items:
        try:
            room = AHEAD * max(1, len(own.nthreads())) - len(waiting)
            waiting.extend(submit(item) for item in islice(coming, max(0, room)))
            result, raised, complaint = answer(waiting.popleft(), item)
        except (CancelledError, ClosedClientError, OSError) as error:
            raise ClusterError(  # a closed connection is an OSError
                f"{label}: the scheduler at {scheduler_address()} is gone "
                f"({type(error).__name__}). {kept}"
            ) from None
        if complaint:
            raise ClusterError(f"cluster: a worker is not fit: {complaint}")
        if raised:
            raise raised
        yield result
