"""The Dask cluster that does the work if a scheduler is configured; unused otherwise.

Workers work in this repository's folder, under the same path: on this machine, or on others that
mount it. Tasks run in processes that the workers keep (dask_worker.py): one that crashes costs its
own result and no worker.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudpickle

from musicregion.compute.dask_worker import task_runner
from musicregion.compute.task_process import unpack_result
from musicregion.config import params
from musicregion.errors import ClusterError, TaskDied

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 4  # tasks per thread of a worker that are sent before the first is done
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


@cache
def connect() -> "Client":
    """The connection to the cluster.

    Raises:
        ClusterError: no scheduler, or no workers.
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
            f"folder: `dask worker {scheduler_address()} --nthreads 2`."
        ) from None
    return client


def _wait_for(client: "Client", future: "Future", label: str) -> bytes | str | None:
    """What task_runner's function returned for a task.

    Raises:
        ClusterError: there has been no worker for a while.
    """
    from distributed import KilledWorker

    last_seen = time.monotonic()
    while True:
        try:
            reply: bytes | str | None = future.result(timeout=1)
            return reply
        except KilledWorker:  # four workers were lost while they had it
            return None
        except TimeoutError:
            if client.nthreads():
                last_seen = time.monotonic()
        if time.monotonic() - last_seen > ALONE:
            raise ClusterError(
                f"{label}: {scheduler_address()} has had no worker for {ALONE} s. {RESUME}"
            )


def map_tasks(task: Callable, items: list[tuple], label: str) -> Iterator[Any]:
    """As parallel.map_songs, on the cluster: results in order, TaskDied for a task that crashes.

    If a worker is lost, its tasks go to another.

    Raises:
        ClusterError: the scheduler or all workers are gone, or a worker cannot do the work.
    """
    from distributed import CancelledError
    from distributed.client import ClosedClientError

    if not items:
        return
    client = connect()
    run = task_runner(Path.cwd(), {name: version(name) for name in PACKAGES})
    messages = (cloudpickle.dumps((task, item)) for item in items)
    submitted: deque[Future] = deque()
    ahead = 0
    for _ in items:
        try:
            if len(submitted) <= ahead // 2:  # workers may have come or gone
                ahead = AHEAD * max(1, sum(client.nthreads().values()))
                more = islice(messages, max(0, ahead - len(submitted)))
                submitted.extend(client.map(run, list(more), pure=False))
            reply = _wait_for(client, submitted.popleft(), label)
        except (CancelledError, ClosedClientError, OSError) as lost:  # closed connection: OSError
            raise ClusterError(
                f"{label}: the scheduler at {scheduler_address()} is gone "
                f"({type(lost).__name__}). {RESUME}"
            ) from None
        if isinstance(reply, str):
            raise ClusterError(f"cluster: {reply}")
        if reply is None:
            yield TaskDied("the process that worked on it was lost")
        else:
            yield unpack_result(reply)
