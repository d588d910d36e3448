"""What DVC takes for many small files; see benchmarks.scale."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.measure import measure

FILES, SIZE = 10_000, 1_000  # bytes of a file


def dvc_files() -> dict[str, float]:
    """Seconds for add, status, push to a folder, and checkout, of FILES in one directory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "repository")
        songs = folder / "songs"
        songs.mkdir(parents=True)
        for number in range(FILES):
            (songs / f"{number:05}.bin").write_bytes(f"{number:08}".encode() * (SIZE // 8))
        for words in (
            ["git", "init", "-q"],
            ["dvc", "init", "-q"],
            ["dvc", "remote", "add", "-q", "-d", "shared", str(Path(name, "remote"))],
        ):
            subprocess.run(words, cwd=folder, check=True)
        found: dict[str, float] = {"files": FILES}

        def timed(label: str, *words: str) -> None:
            cost = measure(["dvc", *words], folder)
            found[f"{label}_s"] = round(cost.seconds, 1)
            found[f"{label}_peak_mb"] = round(cost.peak_mb)

        timed("add", "add", "-q", "songs")
        timed("status", "status", "-q")
        timed("push", "push", "-q")
        shutil.rmtree(songs)
        timed("checkout", "checkout", "-q")
        (songs / "one more.bin").write_bytes(b"new")
        timed("add_one_more", "add", "-q", "songs")
    return found
