"""One task per song in several processes: with a progress bar, and safe from tasks that crash."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import LifoQueue
from typing import Any

import joblib
from tqdm import tqdm

from musicregion.compute import dask_cluster
from musicregion.compute.process_server import start_server
from musicregion.compute.task_process import TaskProcess
from musicregion.errors import TaskDied

AHEAD = 4  # tasks per process that are started before the first result is taken


def _start_imports(task: Callable) -> None:
    while hasattr(task, "func"):  # functools.partial, song_results.StoredTask
        task = task.func
    # no others: a user's script would run again, and the server, which has a path of modules of its
    # own, may take another package of the same name for the one that is meant
    if task.__module__.partition(".")[0] == __package__.partition(".")[0]:
        start_server(task.__module__)


def _map_in_processes(task: Callable, items: list[tuple], jobs: int) -> Iterator[Any]:
    _start_imports(task)
    processes = [TaskProcess() for _ in range(jobs)]
    idle: LifoQueue[TaskProcess] = LifoQueue()
    for process in processes:
        idle.put(process)

    def result_or_death(item: tuple) -> object:
        process = idle.get()
        try:
            return process.call(task, *item)
        except TaskDied as death:
            return death
        finally:
            idle.put(process)

    pool = ThreadPoolExecutor(jobs)
    remaining = iter(items)
    started = deque(pool.submit(result_or_death, item) for item in islice(remaining, AHEAD * jobs))
    try:
        while started:
            result = started.popleft().result()
            # one more per result: those that wait for a slow one before them are bounded
            started.extend(pool.submit(result_or_death, item) for item in islice(remaining, 1))
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        pool.shutdown()
        for process in processes:
            process.close()


def map_songs(
    task: Callable, items: Iterable[tuple], label: str, jobs: int = -1, unit: str = "song"
) -> Iterator[Any]:
    """Call task(*item) for every item in other processes; yield the results in the items' order.

    In processes of this machine, or on the cluster where params.yaml names one.

    An item whose process dies yields TaskDied. An exception that a task raises is raised here.

    jobs: processes; -1 for one per core. unit: what an item is, in the progress bar.
    """
    items = list(items)
    if not items:
        return
    if dask_cluster.scheduler_address():
        results = dask_cluster.map_tasks(task, items, label)
    else:
        jobs = min(joblib.cpu_count() if jobs < 0 else jobs, len(items))
        results = _map_in_processes(task, items, jobs)
    yield from tqdm(results, label, len(items), unit=unit)
