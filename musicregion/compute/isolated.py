"""One process for each task: a file that crashes a decoder, or hangs it, costs that one answer.

Processes are forked from a server that has made the imports once, so one costs some milliseconds;
what starts them needs none of the imports itself.
"""

import multiprocessing
import os
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType

from musicregion.errors import TaskDied

MEMORY = 8 << 30  # bytes of address space that a task may take, libraries included
STARTING = threading.Lock()


def _run(sender: Connection, task: Callable, arguments: tuple) -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, hard))
    from musicregion.compute.silence import silence

    with silence():  # decoders print what they find odd
        try:
            result = task(*arguments)
        except Exception as error:
            result = error
    sender.send(result)


@contextmanager
def without_main() -> Iterator[None]:
    """For the block, this process was not started from any file.

    multiprocessing has each new process import the file that the first one was started from: it
    would run a user's script again, from its first line.
    """
    with STARTING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def preload(module: str) -> None:
    """Make the imports of a module in the background, for tasks that are of it."""
    # the same sums as in training, whatever the number of cores
    os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    multiprocessing.get_context("forkserver").set_forkserver_preload([module])
    from multiprocessing import forkserver

    forkserver.ensure_running()


def call_isolated(task: Callable, *arguments: object, seconds: float | None = None) -> object:
    """task(*arguments) in a process of its own.

    What it raises is raised here.

    seconds: that it may take.

    Raises:
        TaskDied: the process crashed or took too long.
    """
    context = multiprocessing.get_context("forkserver")
    receiver, sender = context.Pipe(duplex=False)
    with receiver:
        process = context.Process(target=_run, args=(sender, task, arguments), daemon=True)
        with without_main():
            process.start()
        sender.close()
        try:
            if not receiver.poll(seconds):
                raise TaskDied(f"no answer within {seconds:g} s")
            result = receiver.recv()
        except EOFError:
            raise TaskDied("it crashed") from None
        finally:
            process.kill()
            process.join()
    if isinstance(result, BaseException):
        raise result
    return result


def map_isolated(task: Callable, items: list[tuple], jobs: int) -> Iterator[object]:
    """call(task, *item) for each item, `jobs` at a time, in the items' order.

    What one raises, TaskDied included, is yielded in its place.
    """

    def one(item: tuple) -> object:
        try:
            return call_isolated(task, *item)
        except Exception as error:
            return error

    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(one, items)
        finally:
            pool.shutdown(cancel_futures=True)
