"""`python -m tests.missing` says what `make test-all` needs and this machine lacks, if anything."""

import importlib.util
import shutil

import pytest

from benchmarks.postgres_server import PROGRAMS
from musicregion.command import run
from musicregion.errors import ConfigError
from tests.servers import SSHD

APT = {  # Debian's package: whether it is there
    "postgresql": bool(PROGRAMS),
    "openssh-server": bool(SSHD),
    "espeak-ng": bool(shutil.which("espeak-ng")),
    "chromium": bool(shutil.which("chromium") or shutil.which("google-chrome")),
}
needs_speech = pytest.mark.skipif(
    not APT["espeak-ng"], reason="espeak-ng is not there: `apt-get install espeak-ng`"
)
MODULES = ("psycopg", "dvc_ssh", "dvc_s3", "boto3", "moto")


def main() -> None:
    packages = [name for name, there in APT.items() if not there]
    steps = [f"apt-get install {' '.join(packages)}"] if packages else []
    if not all(importlib.util.find_spec(name) for name in MODULES):
        steps.append("uv pip install -r requirements-team.txt")
    if steps:
        raise ConfigError(f"make test-all needs more on this machine: {'; '.join(steps)}")


if __name__ == "__main__":
    run(main)
