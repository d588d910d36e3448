"""One process per task: a file that crashes a decoder, or hangs it, costs only its own result."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from musicregion.compute.process_server import start_server
from musicregion.compute.silence import silence
from musicregion.compute.task_process import TaskProcess

if sys.platform != "win32":  # Windows has no such limits: a task may take all memory there
    import resource

Result = TypeVar("Result")
MEMORY = 8 << 30  # bytes of address space that a task may take, libraries included


def preload(*modules: str) -> None:
    """Import modules in the background, for the tasks that they define."""
    start_server(*modules)


def _run_limited(task: Callable[..., Result], *arguments: object) -> Result:
    if sys.platform != "win32":
        for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
            _, hard = resource.getrlimit(kind)
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (limit, hard))
    with silence():  # decoders print warnings
        return task(*arguments)


def call_isolated(
    task: Callable[..., Result], *arguments: object, seconds: float | None = None
) -> Result:
    """task(*arguments) in a new process, with a limit of memory.

    What it raises is raised here.

    seconds: that it may take; None for no limit.

    Raises:
        TaskDied: the process crashed or took too long.
    """
    process = TaskProcess()
    try:
        return process.call(_run_limited, task, *arguments, seconds=seconds)
    finally:
        process.close()


def map_isolated(
    task: Callable[..., Result], items: list[tuple], jobs: int
) -> Iterator[Result | Exception]:
    """call_isolated(task, *item) for each item, `jobs` at a time, in the items' order.

    What a task raises, TaskDied included, is yielded in place of its result.
    """

    def result_or_error(item: tuple) -> Result | Exception:
        try:
            return call_isolated(task, *item)
        except Exception as error:
            return error

    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(result_or_error, items)
        finally:
            pool.shutdown(cancel_futures=True)
