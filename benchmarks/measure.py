"""Wall time and peak memory of a command with all its processes, as a user would see them."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from musicregion.errors import InputError

PAUSE = 0.1  # seconds between two looks


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_mb: float  # proportional set size of the command and its descendants
    output: str


def measure(words: list[str], folder: Path, workers: int | None = None) -> Cost:
    """Run a command in a folder, on at most `workers` worker processes.

    Raises:
        InputError: the command failed; with what it said.
    """
    limits = {"LOKY_MAX_CPU_COUNT": str(workers)} if workers else {}
    start = time.perf_counter()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=os.environ | limits | {"PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = 0
    over = threading.Event()

    def look() -> None:
        nonlocal peak
        parent = psutil.Process(process.pid)
        while not over.wait(PAUSE):
            total = 0
            try:
                for one in [parent, *parent.children(recursive=True)]:
                    total += one.memory_full_info().pss
            except psutil.Error:  # it ended while we looked
                continue
            peak = max(peak, total)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    output = process.communicate()[0]
    seconds = time.perf_counter() - start
    over.set()
    watcher.join()
    if process.returncode:
        raise InputError(f"{' '.join(words)} failed:\n{output}")
    return Cost(seconds, peak / 1e6, output)
