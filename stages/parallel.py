"""One task a song in several processes: with a progress bar, and proof against a task that dies.

Decoders are C code that is fed with whatever the network brought. One that crashes takes its
process with it, and that must cost one song.
"""

import faulthandler
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import joblib
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError
from tqdm import tqdm

from stages import cluster

STALL = 30  # seconds without progress after which a task's process ends itself


class Died(Exception):
    """A task's process crashed, or ended itself after STALL seconds without progress."""


def watched(blocks: Iterable) -> Iterator:
    """Hand on `blocks`; end this process where one takes longer than STALL seconds to come.

    A thread in C does so, which also a decoder that never returns to Python cannot stop.
    """
    blocks = iter(blocks)
    with Path(os.devnull).open("w") as nowhere:
        try:
            while True:
                faulthandler.dump_traceback_later(STALL, exit=True, file=nowhere)
                try:
                    block = next(blocks)
                except StopIteration:
                    return
                finally:
                    faulthandler.cancel_dump_traceback_later()
                yield block
        finally:
            faulthandler.cancel_dump_traceback_later()


class Cell:
    """One process for tasks that may kill it, and another after each that did."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def call(self, task: Callable, *arguments: object) -> object:
        """The task's result, or Died."""
        with self._lock:
            self._pool = self._pool or ProcessPoolExecutor(1)
            try:
                return self._pool.submit(task, *arguments).result()
            except BrokenProcessPool:
                self.close()
                return Died(f"its process crashed, or made no progress for {STALL} s")

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown()
        self._pool = None


def alone(task: Callable, items: list[tuple]) -> Iterator[Any]:
    """One process for all items."""
    cell = Cell()
    try:
        for item in items:
            yield cell.call(task, *item)
    finally:
        cell.close()


def on_cluster(task: Callable, items: list[tuple], label: str) -> Iterator[Any]:
    results = cluster.each(task, items, label)
    yield from tqdm(results, label, len(items), unit="song", disable=not items)


def each(task: Callable, items: Iterable[tuple], label: str, jobs: int = -1) -> Iterator[Any]:
    """Call task(*item) for every item in other processes; yield the results in the items' order.

    In processes of this machine, or on the cluster where one is named.

    An item whose process dies yields Died. An exception that a task raises is raised here.

    jobs: processes; -1 for one a core.
    """
    # the same sums whatever the number of processes
    os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    # keep freed blocks for the next ones: else a third of the time goes into the kernel's handing
    # out the same pages anew; not more than 128 MB, which joblib would take for a leak
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 30))
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 27))
    items = list(items)
    if cluster.address():
        yield from on_cluster(task, items, label)
        return
    jobs = min(joblib.effective_n_jobs(jobs), len(items))
    done = 0
    with tqdm(total=len(items), desc=label, unit="song", disable=not items) as bar:
        while done < len(items):
            try:
                if jobs == 1:  # which joblib would run in this process
                    results = alone(task, items[done:])
                else:
                    work = (joblib.delayed(task)(*item) for item in items[done:])
                    results = joblib.Parallel(jobs, batch_size=1, return_as="generator")(work)
                for result in results:
                    yield result
                    done += 1
                    bar.update()
            except TerminatedWorkerError:
                # which item it was, joblib cannot say: it was working on some of the next ones
                for result in alone(task, items[done : done + 2 * jobs]):
                    yield result
                    done += 1
                    bar.update()


def here(task: Callable, items: Iterable[tuple], label: str) -> Iterator[Any]:
    """As `each`, in this process: for tasks that keep all cores busy by themselves."""
    items = list(items)
    if cluster.address():
        yield from on_cluster(task, items, label)
        return
    for item in tqdm(items, desc=label, unit="song", disable=not items):
        yield task(*item)
