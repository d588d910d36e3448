"""Synthetic audio, and a copy of the repository in which real commands run."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest_plugins = ["tests.trained"]
REPOSITORY = Path(__file__).parent.parent
RATE = 22_050  # Hz
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # musicregion
SMALL = ["folk.songs=48", "folk.seconds=[11,14]", "split.folds=3", "train.epochs=2"]
LONGEST = (  # files that take minutes
    *("test_documentation.py", "test_commands.py", "test_team.py", "test_folk_difficulty.py"),
    *("test_smoke.py", "test_download.py", "test_fuzz.py"),
)


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


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def command(*words: str, cwd: Path, fails: bool = False, **variables: str) -> str:
    """Run a real command; its stdout and stderr. Its failure fails the test, unless awaited.

    variables: of the environment.
    """
    done = subprocess.run(
        words, cwd=cwd, env=environment() | variables, capture_output=True, text=True, timeout=400
    )
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
