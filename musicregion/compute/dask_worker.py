"""Runs tasks in processes that the threads of a Dask worker keep, each in the repository's folder.

A process has the code that was there when it started. A task that crashes ends the process and not
the worker; for changed code, or another folder, the worker starts another process.
"""

import hashlib
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

import cloudpickle

from musicregion.compute.process_server import ENVIRONMENT
from musicregion.compute.task_process import serve


def source_digest(folder: Path) -> str:
    """Digest of the project's sources, names included."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("musicregion/**/*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def complain(folder: str, digest: str, versions: dict[str, str]) -> str:
    """Why this process cannot do the work of a command with these sources and packages, or ""."""
    if source_digest(Path(folder)) != digest:
        return f"sees other code in {folder}. Was it changed meanwhile?"
    for name, wanted in versions.items():
        if version(name) != wanted:
            return f"has {name} {version(name)}, not {wanted}. Install requirements.txt there."
    return ""


def task_runner(folder: Path, versions: dict[str, str]) -> Callable[[bytes], bytes | str | None]:
    """A function that runs a message for task_process.run_packed in a process of its worker.

    It returns the reply; None if the process died; or as a str why the worker cannot do the work.

    versions: of the packages that decide what a task returns.
    """
    root = str(folder)
    check = cloudpickle.dumps((complain, (root, source_digest(folder), versions)))
    unseen = f"does not see {root}, or cannot run its code. Workers must share this folder, under "
    unseen += "the same path: mount it there, or start the workers on this machine."

    def run(message: bytes) -> bytes | str | None:
        # sent by value, with the globals that it names: a worker may not find our modules
        from distributed import get_worker

        worker, thread = get_worker(), threading.get_ident()
        connections = worker.__dict__.setdefault("task_connections", {})
        checked, connection = connections.pop(thread, (None, None))
        if checked != check:
            connection, end = multiprocessing.Pipe()  # an earlier one, now closed, ends its process
            command = [sys.executable, "-m", "musicregion.compute.dask_worker", str(end.fileno())]
            try:
                environment = os.environ | ENVIRONMENT
                subprocess.Popen(command, cwd=root, env=environment, pass_fds=[end.fileno()])
                end.close()  # the process has a copy: this one would hide that it is gone
                connection.send_bytes(check)
                complaint, error = pickle.loads(connection.recv_bytes())
            except (EOFError, OSError):
                complaint, error = unseen, None
            if complaint or error:
                return f"worker {worker.address} {complaint or error}"
        try:
            connection.send_bytes(message)
            reply: bytes = connection.recv_bytes()
        except (EOFError, OSError):
            return None
        connections[thread] = check, connection
        return reply

    return run


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
