"""Kills a worker, the scheduler or the client at half of many small tasks; see benchmarks.cluster.

Tasks that were started more often than once are those that a kill cost.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.cluster_tasks import STARTED
from benchmarks.dask_servers import DaskServers, dask_servers, kill
from musicregion.compute.dask_cluster import AHEAD
from musicregion.compute.server_start import wait_for_server
from musicregion.errors import InputError

WORKERS = 2  # of one thread each
PATIENCE = 600  # seconds for half of the tasks
KILLED = ("worker", "scheduler", "client")


def lay_out(folder: Path) -> None:
    """Copy the code that tasks need: workers import it from the folder."""
    for package in ("musicregion", "benchmarks"):
        ignored = shutil.ignore_patterns("__pycache__", "results")
        shutil.copytree(package, folder / package, ignore=ignored)


def start_client(folder: Path, address: str, tasks: int) -> subprocess.Popen:
    """Start the client of so many tasks in a folder with the code."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.cluster_tasks", str(tasks)],
        cwd=folder,
        env=os.environ | {"DASK_SCHEDULER_ADDRESS": address},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def started_tasks(folder: Path) -> list[int]:
    """The numbers of all tasks that were started so far."""
    path = folder / STARTED
    return [int(line) for line in path.read_text().split()] if path.is_file() else []


def require_tasks(folder: Path, count: int) -> None:
    """Check that so many tasks were started.

    Raises:
        InputError: fewer were.
    """
    if (started := len(started_tasks(folder))) < count:
        raise InputError(f"the client has started {started} tasks, not {count}")


def finish(client: subprocess.Popen) -> int | None:
    """The number of correct results that a client prints; None if it failed."""
    output, _ = client.communicate()
    return None if client.returncode else int(output.split()[0])


def run_again(folder: Path, servers: DaskServers, killed: str, tasks: int) -> int | None:
    """finish of a second client, with new servers if the scheduler was killed."""
    if killed != "scheduler":
        return finish(start_client(folder, servers.address, tasks))
    with dask_servers(folder, WORKERS) as others:
        return finish(start_client(folder, others.address, tasks))


def kill_at_half(killed: str, tasks: int) -> dict:
    """Kill one of KILLED once half of the tasks have started; run the client until it is done."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lay_out(folder)
        with dask_servers(folder, WORKERS) as servers:
            client = start_client(folder, servers.address, tasks)
            wait_for_server(partial(require_tasks, folder, tasks // 2), client, PATIENCE)
            victims = {"worker": servers.workers[0], "scheduler": servers.scheduler}
            kill(victims.get(killed, client))
            runs, correct = 1, finish(client)
            if correct is None:
                runs, correct = 2, run_again(folder, servers, killed, tasks)
        if correct is None:
            raise InputError(f"after the {killed} was killed, the second run failed too")
        started = started_tasks(folder)
    return {
        "killed": killed,
        "tasks": tasks,
        "runs": runs,
        "lost": tasks - correct,
        "twice": len(started) - len(set(started)),
        "in_flight": AHEAD * WORKERS,  # at most, when it was killed
    }
