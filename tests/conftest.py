"""Synthetic audio, and a copy of the repository in which real commands run."""

import io
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import soundfile
from filelock import FileLock
from psutil import virtual_memory

from app import command_line
from musicregion.command import run
from musicregion.compute.process_server import start_server

pytest_plugins = ["tests.small", "tests.trained"]
REPOSITORY = Path(__file__).parent.parent
RATE = 22_050  # Hz
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # musicregion
MEMORY, ROOM = Path("/dev/shm"), 16e9  # a file system in memory; bytes that must be free
SMALL = ["folk.songs=48", "folk.seconds=[11,14]", "split.folds=3", "train.epochs=2"]
LONGEST = (  # files that take a minute and more, or that others wait for
    *("test_documented_experiments.py", "test_documented_pipeline.py", "test_smoke.py"),
    *("test_commands.py", "test_folk_difficulty.py", "test_team.py", "test_web.py"),
    *("test_workshop.py", "test_spectral.py", "test_log_runs.py", "test_same_bytes.py"),
    *("test_cluster.py", "test_dask_cluster.py", "test_fit.py", "test_download.py"),
    *("test_study.py", "test_ui.py", "test_fuzz.py"),
)


def has_room_in_memory() -> bool:
    """Whether pytest's temporary folders can be in memory, with programs and all."""
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    return min(shutil.disk_usage(MEMORY).free, virtual_memory().available) > ROOM


if has_room_in_memory():  # on a disk, databases wait for it at every commit
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items):
    """Run the longest files first: begun last, one would keep the other processes waiting."""
    order = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def tone(seconds: float, pitch: float = 440.0, rate: int = RATE) -> np.ndarray:
    """A tone that swells and fades, float32 [sample]: no two moments of it are alike."""
    time = np.arange(round(seconds * rate)) / rate
    wave = np.sin(2 * np.pi * pitch * time) * (0.2 + 0.1 * np.sin(2 * np.pi * 0.3 * time))
    return wave.astype("float32")


@pytest.fixture
def wav(tmp_path):
    """wav(name, seconds, pitch, rate): writes a tone below tmp_path and returns its path."""

    def write(name: str, seconds: float, pitch: float = 440.0, rate: int = RATE) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(seconds, pitch, rate), rate)
        return path

    return write


def require_weights(path: Path) -> Path:
    """A file of pretrained weights in the repository; the test is skipped where it is not there."""
    if not (REPOSITORY / path).is_file():
        pytest.skip(f"{path} is not there: `musicregion fetch-weights`")
    return REPOSITORY / path


def environment() -> dict[str, str]:
    """This process's, with the virtual environment's commands first and no store but the copy's.

    Without make's variables: a make within `make test` would print more.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DVC_", "MLFLOW_", "GIT_", "PYTEST_", "MAKE", "MFLAGS"))
    }
    return inherited | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def shared_folder(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one of pytest's processes makes, for the tests of all of them."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # of the processes' own folders
    folder, complete = root / name, root / f"{name}.complete"
    with FileLock(root / f"{name}.lock"):
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            complete.touch()
    return folder


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def run_here(*words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `musicregion …` or `stages.…` in this process, which makes its imports once.

    variables: of the environment.
    """
    # from here: it would import from `cwd`, which is deleted before other tests use it
    start_server("musicregion.inference.predict_song")
    is_stage = words[0].startswith("stages.")
    main = import_module(words[0]).main if is_stage else command_line.main
    stdout, stderr = io.StringIO(), io.StringIO()
    status: object = None
    with (
        chdir(cwd),
        mock.patch.dict(os.environ, environment() | variables, clear=True),
        mock.patch.object(sys, "argv", list(words)),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        try:
            run(main)
        except SystemExit as end:
            status = end.code
        if isinstance(status, str):  # as Python does it
            print(status, file=sys.stderr)
            status = 1
    return subprocess.CompletedProcess(words, status or 0, stdout.getvalue(), stderr.getvalue())


def command(
    *words: str, cwd: Path, fails: bool = False, here: bool = False, **variables: str
) -> str:
    """Run a real command; its stdout and stderr. Its failure fails the test, unless awaited.

    here: see run_here; for tests of what a command does, where another test starts it. variables:
    of the environment.
    """
    if here:
        done = run_here(*words, cwd=cwd, **variables)
    else:
        done = subprocess.run(
            words, cwd=cwd, env=environment() | variables, capture_output=True, text=True,
            timeout=400,
        )  # fmt: skip
    output = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, f"{' '.join(words)}: {done.returncode}\n{output}"
    return output


def copy_repository(target: Path) -> Path:
    """The files that git knows, as they are in the work tree, as a repository with one commit."""
    names = command(
        "git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=REPOSITORY
    ).splitlines()
    for name in names:
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, target / name)
    (target / "dvc.lock").unlink(missing_ok=True)
    for words in (
        ["init", "-q", "-b", "main"],
        ["config", "user.name", "Tester"],
        ["config", "user.email", "tester@example.org"],
        ["add", "-A"],
        ["commit", "-qm", "copy"],
    ):
        command("git", *words, cwd=target)
    return target


def map_in_process(task, items, label, unit="song"):
    """In place of parallel.map_songs: without worker processes."""
    return (task(*item) for item in items)
