"""A real scheduler and two real workers, each with a process of its own, on loopback."""

import os
import sys
import time
from pathlib import Path

import pytest

from musicregion.compute import dask_cluster, dask_worker, parallel
from musicregion.errors import ClusterError, TaskDied
from tests import servers
from tests.conftest import command

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with servers.dask(tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


@pytest.fixture
def network(shared, monkeypatch):
    """A cluster shared by the tests that do not break it."""
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", shared.address)
    yield shared
    leave()


@pytest.fixture
def mortal(tmp_path, monkeypatch):
    """A cluster of the test's own."""
    with servers.dask(tmp_path) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.address)
        yield cluster
        leave()


def leave():
    if dask_cluster.connect.cache_info().currsize:
        dask_cluster.connect().close()
        dask_cluster.connect.cache_clear()


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
    assert list(parallel.map_songs(square, [(n,) for n in range(20)], "t")) == [
        n * n for n in range(20)
    ]
    pids = set(parallel.map_songs(pid, [(n,) for n in range(12)], "t"))
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_a_task_that_kills_its_process_costs_only_its_own_result(network):
    workers = dask_cluster.connect().nthreads()
    results = list(parallel.map_songs(dies_at_3, [(n,) for n in range(8)], "t"))
    assert isinstance(results[3], TaskDied)
    assert results[:3] + results[4:] == [0, 1, 2, 4, 5, 6, 7]
    assert dask_cluster.connect().nthreads() == workers  # none was lost


def full(number):
    raise OSError(28, "No space left on device")


def test_an_error_of_a_task_is_raised_here_as_it_is(network):
    with pytest.raises(OSError, match="No space left"):
        list(parallel.map_songs(full, [(1,)], "t"))


def test_a_lost_scheduler_is_reported(mortal):
    results = parallel.map_songs(pid, [(n,) for n in range(60)], "t")
    next(results)
    servers.kill(mortal.scheduler)
    with pytest.raises(ClusterError, match="The same command continues"):
        list(results)


def test_a_worker_that_is_killed_loses_nothing(mortal):
    results = parallel.map_songs(pid, [(n,) for n in range(20)], "t")
    first = next(results)
    servers.kill(mortal.workers[0])
    numbers = [first, *results]
    assert len(numbers) == 20
    assert all(isinstance(number, int) for number in numbers)


def test_most_workers_may_go_during_the_work(network, monkeypatch):
    counts = iter([8])
    client = dask_cluster.connect()
    monkeypatch.setattr(client, "nthreads", lambda: {"a worker": next(counts, 1)})
    results = list(parallel.map_songs(square, [(n,) for n in range(60)], "t"))
    assert results == [n * n for n in range(60)]


def test_workers_that_do_not_share_the_folder_are_reported(network, monkeypatch):
    monkeypatch.setattr(Path, "cwd", lambda: Path("/nowhere/at/all"))
    with pytest.raises(
        ClusterError, match=r"tcp://127\.0\.0\.1:\d+.* does not see /nowhere/at/all"
    ):
        list(parallel.map_songs(square, [(1,)], "t"))


def test_each_thread_of_a_worker_runs_tasks_in_a_process_of_its_own(tmp_path, monkeypatch):
    with servers.dask(tmp_path, workers=0) as network:
        network.workers.append(network.worker(threads=2))
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", network.address)
        pids = list(parallel.map_songs(pid, [(n,) for n in range(12)], "t"))
        assert len(set(pids)) == 2
        results = list(parallel.map_songs(dies_at_3, [(n,) for n in range(8)], "t"))
        leave()
    assert isinstance(results[3], TaskDied)
    assert results[:3] + results[4:] == [0, 1, 2, 4, 5, 6, 7]


def test_a_worker_with_another_version_of_a_package_is_reported(network, monkeypatch):
    monkeypatch.setattr(dask_cluster, "version", lambda name: "0.0")
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:\d+ has av \d.*, not 0\.0\."):
        list(parallel.map_songs(square, [(1,)], "t"))


def test_a_worker_that_sees_other_code_is_reported(network, monkeypatch):
    monkeypatch.setattr(dask_worker, "source_digest", lambda folder: "of an earlier state")
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:\d+ sees other code"):
        list(parallel.map_songs(square, [(1,)], "t"))


def test_a_missing_scheduler_is_reported(monkeypatch):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:9")
    monkeypatch.setattr(dask_cluster, "PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        list(parallel.map_songs(square, [(1,)], "t"))


def test_without_a_scheduler_dask_is_not_imported():
    code = "import sys; from musicregion.compute.parallel import map_songs; "
    code += "list(map_songs(len, [('a',)] * 3, 't'))"
    code += "; assert not {'dask', 'distributed'} & set(sys.modules)"
    command(sys.executable, "-c", code, cwd=Path.cwd())
