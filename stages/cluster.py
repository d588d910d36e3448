"""The Dask cluster that does the work where a scheduler is named; without one nothing of it runs.

Workers work in this repository's folder, under the same path: on this machine, or on others that
mount it. Each has one thread, since a decoder that hangs is ended with its process.
"""

import os
import pickle
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages import params

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 4  # tasks a worker that are sent before the first is done
PATIENCE = 10  # seconds for the scheduler to answer, and for the first worker to be there


def address() -> str:
    """DASK_SCHEDULER_ADDRESS, or else cluster.scheduler of params.yaml; empty for no cluster."""
    named = os.environ.get("DASK_SCHEDULER_ADDRESS")
    return named or (params.load().cluster.scheduler if params.PARAMS.is_file() else "")


@cache
def client() -> "Client":
    """The connection to the cluster, once its workers are found to be fit.

    Raises:
        SystemExit: no scheduler, no workers, or workers that do not see this folder.
    """
    import dask
    from distributed import Client

    dask.config.set({"distributed.comm.timeouts.connect": PATIENCE})
    try:
        found = Client(address(), timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise SystemExit(
            f"cluster: no scheduler answers at {address()} ({error}). Start one with "
            "`dask scheduler`, or unset DASK_SCHEDULER_ADDRESS and cluster.scheduler."
        ) from None
    try:
        found.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise SystemExit(
            f"cluster: {address()} has no workers. Start some in this folder: "
            f"`dask worker {address()} --nworkers 2 --nthreads 1`."
        ) from None
    check(found)
    return found


def check(found: "Client") -> None:
    """Bring every worker into this folder.

    Raises:
        SystemExit: one does not see the folder's files, has several threads, or other packages.
    """
    from distributed import WorkerPlugin

    folder = Path.cwd()
    mark = folder / f".cluster-{secrets.token_hex(8)}"

    class Settle(WorkerPlugin):  # defined here, so that it is sent whole: workers lack our modules
        def setup(self, worker: object) -> None:
            import os
            import sys

            if folder.is_dir():
                os.chdir(folder)
                sys.path.insert(0, str(folder))

    mark.touch()
    try:
        found.register_plugin(Settle(), name="stages")
        sees = found.run(lambda: mark.exists())
    finally:
        mark.unlink(missing_ok=True)
    blind = [worker for worker, answer in sees.items() if answer is not True]
    if blind:
        raise SystemExit(
            f"cluster: {', '.join(blind)} does not see {folder}. Workers must share this folder, "
            "under the same path: mount it there, or start the workers on this machine."
        )
    threads = found.nthreads()
    broad = [worker for worker, count in threads.items() if count > 1]
    if broad:
        raise SystemExit(
            f"cluster: {', '.join(broad)} has several threads, of which one that hangs would stop "
            "the others. Start workers with --nthreads 1, as many as there are cores."
        )
    try:
        found.get_versions(check=True)
    except ValueError as error:
        raise SystemExit(
            f"cluster: workers have other packages than this machine.\n{error}"
        ) from None


def each(task: Callable, items: list[tuple], label: str) -> Iterator[Any]:
    """As parallel.each, on the cluster: results in the items' order, Died for a task that kills.

    A worker that is lost costs nothing: its tasks go to another.

    Raises:
        SystemExit: the scheduler is gone.
    """
    from distributed import CancelledError, KilledWorker, wait

    from stages.parallel import Died

    if not items:
        return
    own = client()

    def run(packed: bytes) -> tuple[object, BaseException | None]:
        import pickle  # this function is sent whole, as in check: the scheduler lacks our modules

        task, item = pickle.loads(packed)
        try:
            return task(*item), None
        except (Exception, SystemExit) as error:  # or else taken for an error of the cluster
            return None, error

    def submit(item: tuple) -> "Future":
        return own.submit(run, pickle.dumps((task, item)), pure=False)

    def answer(future: "Future", item: tuple) -> tuple[object, BaseException | None]:
        try:
            try:
                return future.result()
            except KilledWorker:  # perhaps by a neighbour: once more, with none beside it
                wait(waiting)
                return submit(item).result()
        except KilledWorker:
            return Died("the processes that worked on it were lost"), None

    waiting: deque = deque()
    coming = iter(items)
    for item in items:
        try:
            room = AHEAD * max(1, len(own.nthreads())) - len(waiting)
            waiting.extend(submit(item) for item in islice(coming, max(0, room)))
            result, raised = answer(waiting.popleft(), item)
        except (CancelledError, OSError) as error:  # a closed connection is an OSError
            raise SystemExit(
                f"{label}: the scheduler at {address()} is gone ({type(error).__name__}). What "
                "was finished is kept: the same command goes on once there is a scheduler."
            ) from None
        if raised:
            raise raised
        yield result
