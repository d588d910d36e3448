"""Wall time and peak memory of a command with all its processes, as a user would see them."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from musicregion.errors import InputError

PAUSE = 0.1  # seconds between two samples of the memory


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_mb: float  # proportional set size of the command and its descendants
    output: str


def measure(command: list[str], folder: Path, workers: int | None = None) -> Cost:
    """Run a command in a folder, with at most `workers` worker processes.

    Raises:
        InputError: the command failed; the message ends with its output.
    """
    limits = {"LOKY_MAX_CPU_COUNT": str(workers)} if workers else {}
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | limits | {"PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = 0
    ended = threading.Event()

    def watch_memory() -> None:
        nonlocal peak
        parent = psutil.Process(process.pid)
        while not ended.wait(PAUSE):
            total = 0
            try:
                for child in [parent, *parent.children(recursive=True)]:
                    total += child.memory_full_info().pss
            except psutil.Error:  # a process ended during the sample
                continue
            peak = max(peak, total)

    watcher = threading.Thread(target=watch_memory, daemon=True)
    watcher.start()
    output = process.communicate()[0]
    seconds = time.perf_counter() - start
    ended.set()
    watcher.join()
    if process.returncode:
        raise InputError(f"`{' '.join(command)}` failed:\n{output}")
    return Cost(seconds, peak / 1e6, output)
