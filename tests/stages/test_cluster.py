"""A real scheduler and two real workers, each with a process of its own, on loopback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client

from stages import cluster, parallel
from tests.conftest import command, environment, free_port

DASK = [sys.executable, "-m", "dask"]


class Cluster:
    """A scheduler and workers that are started in a folder, and ended by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", port)

    def start(self, *words: str) -> subprocess.Popen:
        more = ["--no-dashboard"] if words[0] == "scheduler" else []
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(
            [*DASK, *words, *more], cwd=self.folder, env=environment(), **silent
        )

    def worker(self, threads: int = 1) -> subprocess.Popen:
        words = ["worker", self.address, "--nthreads", str(threads), "--no-dashboard"]
        return self.start(*words, "--local-directory", str(self.folder / ".dask"))


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A cluster whose workers were started elsewhere than in the repository."""
    found = Cluster(tmp_path)
    workers = [found.worker() for _ in range(2)]
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", found.address)
    yield found
    if cluster.client.cache_info().currsize:
        cluster.client().close()
        cluster.client.cache_clear()
    for process in [*workers, found.scheduler]:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def square(number):
    return number * number


def pid(number):
    time.sleep(0.2)
    return os.getpid()


def dies_at_3(number):
    if number == 3:
        os._exit(1)
    return number


def test_results_come_in_the_items_order_from_both_workers(network):
    assert list(parallel.each(square, [(n,) for n in range(20)], "t")) == [n * n for n in range(20)]
    pids = set(parallel.each(pid, [(n,) for n in range(12)], "t"))
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_a_task_that_kills_its_workers_costs_itself_alone(network):
    found = list(parallel.each(dies_at_3, [(n,) for n in range(8)], "t"))
    assert isinstance(found[3], parallel.Died)
    assert found[:3] + found[4:] == [0, 1, 2, 4, 5, 6, 7]


def full(number):
    raise OSError(28, "No space left on device")


def test_an_error_of_a_task_is_raised_here_as_it_is(network):
    with pytest.raises(OSError, match="No space left"):
        list(parallel.each(full, [(1,)], "t"))


def test_a_scheduler_that_goes_away_is_a_sentence(network):
    results = parallel.each(pid, [(n,) for n in range(60)], "t")
    next(results)
    network.scheduler.kill()
    with pytest.raises(SystemExit, match="the same command goes on"):
        list(results)


def test_workers_that_do_not_share_the_folder_are_named(network, monkeypatch):
    monkeypatch.setattr(Path, "touch", lambda self: None)
    with pytest.raises(SystemExit, match=r"tcp://127\.0\.0\.1:\d+.* does not see"):
        list(parallel.each(square, [(1,)], "t"))


def test_workers_with_several_threads_are_refused(network):
    broad = network.worker(threads=2)
    try:
        with Client(network.address) as client:
            client.wait_for_workers(3, timeout=60)
        with pytest.raises(SystemExit, match="--nthreads 1"):
            list(parallel.each(square, [(1,)], "t"))
    finally:
        broad.terminate()
        broad.wait(20)


def test_no_scheduler_is_a_sentence(monkeypatch):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:9")
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(SystemExit, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        list(parallel.each(square, [(1,)], "t"))


def test_without_a_scheduler_dask_is_not_imported():
    code = "import sys; from stages import parallel; parallel.cluster.address()"
    code += "; assert not {'dask', 'distributed'} & set(sys.modules)"
    command(sys.executable, "-c", code, cwd=Path.cwd())
