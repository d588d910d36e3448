"""One task a song in several processes: with a progress bar, and proof against tasks that die."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from musicregion.compute import dask_cluster
from musicregion.compute.guards import Cell


def map_in_cell(task: Callable, items: list[tuple]) -> Iterator[Any]:
    """One process for all items."""
    cell = Cell()
    try:
        for item in items:
            yield cell.call(task, *item)
    finally:
        cell.close()


def map_on_cluster(task: Callable, items: list[tuple], label: str) -> Iterator[Any]:
    results = dask_cluster.map_tasks(task, items, label)
    yield from tqdm(results, label, len(items), unit="song", disable=not items)


def map_songs(task: Callable, items: Iterable[tuple], label: str, jobs: int = -1) -> Iterator[Any]:
    """Call task(*item) for every item in other processes; yield the results in the items' order.

    In processes of this machine, or on the cluster where one is named.

    An item whose process dies yields TaskDied. An exception that a task raises is raised here.

    jobs: processes; -1 for one a core.
    """
    # the same sums whatever the number of processes
    os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    # keep freed blocks for the next ones: else a third of the time goes into the kernel's handing
    # out the same pages anew; not more than 128 MB, which joblib would take for a leak
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 30))
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 27))
    items = list(items)
    if dask_cluster.scheduler_address():
        yield from map_on_cluster(task, items, label)
        return
    jobs = min(joblib.effective_n_jobs(jobs), len(items))
    done = 0
    with tqdm(total=len(items), desc=label, unit="song", disable=not items) as bar:
        while done < len(items):
            try:
                if jobs == 1:  # which joblib would run in this process
                    results = map_in_cell(task, items[done:])
                else:
                    work = (joblib.delayed(task)(*item) for item in items[done:])
                    results = joblib.Parallel(jobs, batch_size=1, return_as="generator")(work)
                for result in results:
                    yield result
                    done += 1
                    bar.update()
            except TerminatedWorkerError:
                # which item it was, joblib cannot say: it was working on some of the next ones
                for result in map_in_cell(task, items[done : done + 2 * jobs]):
                    yield result
                    done += 1
                    bar.update()


def map_songs_in_process(task: Callable, items: Iterable[tuple], label: str) -> Iterator[Any]:
    """As `each`, in this process: for tasks that keep all cores busy by themselves."""
    items = list(items)
    if dask_cluster.scheduler_address():
        yield from map_on_cluster(task, items, label)
        return
    for item in tqdm(items, desc=label, unit="song", disable=not items):
        yield task(*item)
