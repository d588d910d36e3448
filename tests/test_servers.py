"""What a team runs beside the pipeline, for real on loopback: a tracking server that fails."""

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import environment, free_port


class Tracking:
    """An MLflow server with a store of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]
        words += ["--port", str(self.port), "--backend-store-uri", f"sqlite:///{self.folder}/s.db"]
        words += ["--artifacts-destination", str(self.folder / "artifacts")]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(
            words, cwd=self.folder, env=environment(), start_new_session=True, **silent
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.uri}/health", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("mlflow server did not start")

    def kill(self) -> None:
        import os
        import signal

        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def tracking(tmp_path):
    server = Tracking(tmp_path)
    yield server
    server.kill()
