"""A Dask scheduler and its workers on loopback, for the time of a block."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def kill(process: subprocess.Popen) -> None:
    """End a server and its child processes at once, as a power cut does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class DaskServers:
    """A scheduler, and workers of one thread each."""

    def __init__(self, folder: Path, workers: int, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", self.port)
        self.workers = [self.worker() for _ in range(workers)]

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]

    def start(self, *arguments: str) -> subprocess.Popen:
        quiet = dict.fromkeys(("stdout", "stderr", "stdin"), subprocess.DEVNULL)
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,
            **quiet,
        )

    def worker(self, threads: int = 1) -> subprocess.Popen:
        command = ["worker", self.address, "--nthreads", str(threads), "--nworkers", "1"]
        return self.start(*command, "--local-directory", str(self.folder / ".dask"))

    def kill(self) -> None:
        for process in [*self.workers, self.scheduler]:
            kill(process)


@contextmanager
def on_cluster(address: str) -> Iterator[None]:
    """The project's tasks run on the cluster of this scheduler, for the time of a block."""
    os.environ["DASK_SCHEDULER_ADDRESS"] = address
    try:
        yield
    finally:
        del os.environ["DASK_SCHEDULER_ADDRESS"]


@contextmanager
def dask_servers(
    folder: Path, workers: int, environment: Mapping[str, str] = os.environ
) -> Iterator[DaskServers]:
    """A Dask cluster whose workers start in `folder`."""
    servers = DaskServers(folder, workers, environment)
    try:
        yield servers
    finally:
        servers.kill()
