"""The servers of a team, for real on loopback, each for the time of a block."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from benchmarks.dask_servers import DaskServers, dask_servers, kill
from benchmarks.postgres_server import PASSWORD, PROGRAMS, postgres  # noqa: F401  for tests
from musicregion.compute.server_start import wait_for_server
from tests.conftest import environment, free_port

KEYS = {
    "AWS_ACCESS_KEY_ID": "team",
    "AWS_SECRET_ACCESS_KEY": PASSWORD,
    "AWS_DEFAULT_REGION": "us-east-1",
}
SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
PATIENCE = 90  # seconds for a server to answer

needs_postgres = pytest.mark.skipif(
    not PROGRAMS or importlib.util.find_spec("psycopg") is None,
    reason="PostgreSQL is absent: apt-get install postgresql, and requirements-team.txt",
)
needs_bucket = pytest.mark.skipif(
    importlib.util.find_spec("moto") is None, reason="moto is absent: requirements-team.txt"
)
needs_sshd = pytest.mark.skipif(
    not SSHD or importlib.util.find_spec("dvc_ssh") is None,
    reason="an SSH server is absent: apt-get install openssh-server, and requirements-team.txt",
)


def until(ready: Callable[[], object], process: subprocess.Popen, said: IO[str]) -> None:
    """Wait until `ready` no longer raises; the server must not have ended meanwhile."""
    try:
        wait_for_server(ready, process, PATIENCE)
    except Exception:
        said.seek(0)
        pytest.fail(f"{process.args}: {process.returncode}\n{said.read()[-3000:]}")


@contextmanager
def running(words: list[str], ready: Callable[[], object], **more: object) -> Iterator:
    with tempfile.TemporaryFile("w+") as said:
        quiet = {"stdout": said, "stderr": said, "stdin": subprocess.DEVNULL}
        process = subprocess.Popen(words, start_new_session=True, **quiet, **more)
        try:
            until(ready, process, said)
            yield process
        finally:
            kill(process)


def mlflow(folder: Path, port: int, *more: str, **variables: str) -> "contextmanager":
    """An MLflow server; without `more` its store is SQLite in the folder."""
    words = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]
    store = ["--backend-store-uri", f"sqlite:///{folder}/server.db"]
    store += ["--artifacts-destination", str(folder / "artifacts")]
    words += ["--port", str(port), *(more or store)]
    health = f"http://127.0.0.1:{port}/health"
    variables["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # of no use here, and slow to start
    return running(
        words,
        lambda: urllib.request.urlopen(health, timeout=1),
        cwd=folder,
        env=environment() | variables,
    )


@contextmanager
def dask(folder: Path, workers: int = 2) -> Iterator[DaskServers]:
    """A Dask cluster whose workers were started in a folder that is not the repository."""
    with dask_servers(folder, workers, environment()) as servers:
        yield servers


@contextmanager
def bucket(name: str) -> Iterator[str]:
    """A bucket in a store that speaks S3; yields the store's address."""
    import boto3

    url = f"http://127.0.0.1:{(port := free_port())}"
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(words, lambda: urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=1)):
        names = zip(("aws_access_key_id", "aws_secret_access_key"), KEYS.values(), strict=False)
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **dict(names))
        client.create_bucket(Bucket=name)
        yield url


@contextmanager
def sshd(folder: Path) -> Iterator[tuple[int, Path]]:
    """An SSH server that lets the owner of a key in; yields its port and the key's file."""
    import socket

    port = free_port()
    for name in ("host", "key"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True, capture_output=True)
    allowed = folder / "allowed"
    allowed.write_text((folder / "key.pub").read_text())
    lines = [f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {folder / 'host'}"]
    lines += [f"AuthorizedKeysFile {allowed}", "StrictModes no", "UsePAM no"]
    lines += ["PasswordAuthentication no", f"PidFile {folder / 'pid'}"]
    lines += ["Subsystem sftp internal-sftp"]
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with running(
        [SSHD, "-D", "-f", str(folder / "sshd_config")],
        lambda: socket.create_connection(("127.0.0.1", port), 1).close(),
    ):
        yield port, folder / "key"
