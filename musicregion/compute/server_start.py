"""Waits for servers that were just started: MLflow's, and those of benchmarks and tests."""

import subprocess
import time
from collections.abc import Callable

PAUSE = 0.1  # seconds between two attempts


def wait_for_server(
    connect: Callable[[], object], process: subprocess.Popen, patience: float
) -> None:
    """Call `connect` again and again until it no longer raises.

    What it raised last is raised if the server's process has ended, or after `patience` seconds.
    """
    end = time.monotonic() + patience
    while True:
        try:
            connect()
            return
        except Exception:
            if process.poll() is not None or time.monotonic() > end:
                raise
        time.sleep(PAUSE)
