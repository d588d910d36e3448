"""Guards against tasks that crash or hang: decoders are C code, fed with whatever was downloaded.

A crash takes its process with it, and must cost one song alone.
"""

import faulthandler
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import BrokenProcessPool

from musicregion.errors import TaskDied

STALL = 30  # seconds without progress after which a task's process ends itself


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
        """The task's result, or TaskDied."""
        with self._lock:
            self._pool = self._pool or ProcessPoolExecutor(1)
            try:
                return self._pool.submit(task, *arguments).result()
            except BrokenProcessPool:
                self.close()
                return TaskDied(f"its process crashed, or made no progress for {STALL} s")

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown()
        self._pool = None
