"""How long DVC takes for many small files; see benchmarks.scale."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.measure import measure

FILES, SIZE = 10_000, 1_000  # number of files, bytes of each


def measure_dvc() -> dict[str, float]:
    """Seconds and peak MB of add, status, push to a folder, and checkout, of FILES in a folder."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "repository")
        songs = folder / "songs"
        songs.mkdir(parents=True)
        for number in range(FILES):
            (songs / f"{number:05}.bin").write_bytes(f"{number:08}".encode() * (SIZE // 8))
        for command in (
            ["git", "init", "-q"],
            ["dvc", "init", "-q"],
            ["dvc", "remote", "add", "-q", "-d", "shared", str(Path(temporary, "remote"))],
        ):
            subprocess.run(command, cwd=folder, check=True)
        results: dict[str, float] = {"files": FILES}

        def measure_step(label: str, *arguments: str) -> None:
            cost = measure(["dvc", *arguments], folder)
            results[f"{label}_s"] = round(cost.seconds, 1)
            results[f"{label}_peak_mb"] = round(cost.peak_mb)

        measure_step("add", "add", "-q", "songs")
        measure_step("status", "status", "-q")
        measure_step("push", "push", "-q")
        shutil.rmtree(songs)
        measure_step("checkout", "checkout", "-q")
        (songs / "one more.bin").write_bytes(b"new")
        measure_step("add_one_more", "add", "-q", "songs")
    return results
