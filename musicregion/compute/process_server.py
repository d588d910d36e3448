"""Starts the processes of tasks: all of them, in this one place.

They are forked from a server that has made the imports once, so that one costs some milliseconds;
the process that starts them needs none of the imports itself.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

# Windows has no such server: processes start from nothing there, which is slower
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
CONTEXT: Any = multiprocessing.get_context(METHOD)
STARTING = threading.Lock()
ENVIRONMENT = {
    # the same sums as in training, whatever the number of cores and processes
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # freed blocks are kept for the next ones: otherwise a third of the time goes into the kernel
    # handing out the same pages again
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 27),
}


@contextmanager
def _start_conditions() -> Iterator[None]:
    """For the block: ENVIRONMENT is set, and this process was not started from any file.

    multiprocessing has each new process import the file that the first one was started from: it
    would run a user's script again, from its first line.
    """
    with STARTING:
        main = sys.modules["__main__"]
        earlier = {name: os.environ.get(name) for name in ENVIRONMENT}
        sys.modules["__main__"] = ModuleType("__main__")
        os.environ.update(ENVIRONMENT)
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            for name, value in earlier.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def start_server(*modules: str) -> None:
    """Start the server, which imports these modules in the background; no effect if it runs."""
    if METHOD == "forkserver":
        from multiprocessing import forkserver

        CONTEXT.set_forkserver_preload(["musicregion.compute.task_process", *modules])
        with _start_conditions():
            forkserver.ensure_running()


def start_process(target: Callable[..., None], *arguments: object) -> BaseProcess:
    """Call target(*arguments) in a new process, which ends with this one; the process."""
    process: BaseProcess = CONTEXT.Process(target=target, args=arguments, daemon=True)
    with _start_conditions():
        process.start()
    return process
