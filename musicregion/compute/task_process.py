"""A process for tasks that may crash or hang: decoders are C code, fed with whatever is downloaded.

pebble's pool (5.2.3) was tried in its place. A task that crashes as soon as it starts can end that
pool with all its tasks, or leave it waiting for ever.
"""

import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import cloudpickle

from musicregion.compute.guards import STALL
from musicregion.compute.process_server import CONTEXT, start_process
from musicregion.errors import TaskDied

Result = TypeVar("Result")


def _pack(result: object, error: Exception | None) -> bytes:
    try:
        return cloudpickle.dumps((result, error))
    except Exception as reason:  # some results and exceptions cannot be sent
        return cloudpickle.dumps((None, TypeError(f"{error or type(result)}: {reason}")))


def run_packed(message: bytes) -> bytes:
    """Run a packed (task, arguments); the packed (result, error), one of which is None."""
    try:
        task, arguments = pickle.loads(message)
        return _pack(task(*arguments), None)
    except Exception as error:
        error.add_note(traceback.format_exc())  # a traceback is not sent
        return _pack(None, error)


def unpack_result(message: bytes) -> Any:  # noqa: ANN401
    """The result of a packed (result, error); the error is raised."""
    result, error = pickle.loads(message)
    if error:
        raise error
    return result


def serve(connection: Connection) -> None:
    """Run the packed tasks that arrive, one after another, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback
    with suppress(EOFError, OSError):
        while True:
            connection.send_bytes(run_packed(connection.recv_bytes()))


class TaskProcess:
    """One process for tasks that may end it, and another one after each that did."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._connection: Any = None
        self._lock = threading.Lock()

    def call(
        self, task: Callable[..., Result], *arguments: object, seconds: float | None = None
    ) -> Result:
        """task(*arguments) in the process, started if need be; one call at a time, others wait.

        What it raises is raised here.

        seconds: that it may take; None for no limit.

        Raises:
            TaskDied: the process crashed or took too long.
        """
        message = cloudpickle.dumps((task, arguments))
        with self._lock:
            if self._process is None:
                self._start()
            try:
                self._connection.send_bytes(message)
                if not self._connection.poll(seconds):
                    self.close()
                    raise TaskDied(f"no result within {seconds:g} s")
                message = self._connection.recv_bytes()
            except (EOFError, OSError):
                self.close()
                raise TaskDied(f"its process crashed, or made no progress for {STALL} s") from None
        result: Result = unpack_result(message)
        return result

    def _start(self) -> None:
        self._connection, end = CONTEXT.Pipe()
        self._process = start_process(serve, end)
        end.close()  # the process has a copy of its own: this one would hide that it is gone

    def kill(self) -> None:
        """End the process during a call, from another thread: the call raises TaskDied."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process; no call may be running."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None
