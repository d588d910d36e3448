"""`python -m benchmarks.dvc_layouts`: is DVC slow with 10,000 songs, and what would be faster?

The same files as the pipeline lays them out, a folder a region; in one folder; in 256 shards; and
as an archive a region, so that DVC sees 8 files. Seconds of each command, with packing and
unpacking where there are archives; one more song is a new file in its region. Writes
benchmarks/results/dvc_layouts.json.
"""

import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run

RESULT = RESULTS / "dvc_layouts.json"
FILES, SIZE = 10_000, 20_000  # number of files, bytes of each
REGIONS = 8
ARCHIVED = "an archive a region"
LAYOUTS: dict[str, Callable[[int], str]] = {  # the folder of a file, by its number
    "a folder a region": lambda number: f"region{number % REGIONS}",
    "one folder": lambda number: "",
    "256 shards": lambda number: f"{number % 256:02x}",
    ARCHIVED: lambda number: f"region{number % REGIONS}",
}


def write_songs(songs: Path, layout: Callable[[int], str], first: int, last: int) -> None:
    """Files of different bytes, with numbers from `first` to `last` - 1."""
    for number in range(first, last):
        path = songs / layout(number) / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{number:08}".encode() * (SIZE // 8))


def pack(source: Path, target: Path) -> None:
    """An archive of each region; files in order, without the time at which they were written."""
    target.mkdir(exist_ok=True)
    for region in sorted(source.iterdir()):
        with tarfile.open(target / f"{region.name}.tar", "w") as archive:
            for path in sorted(region.iterdir()):
                info = archive.gettarinfo(path, path.name)
                info.mtime = 0
                with path.open("rb") as file:
                    archive.addfile(info, file)


def unpack(source: Path, target: Path) -> None:
    """The files of the archives."""
    for path in sorted(source.iterdir()):
        with tarfile.open(path) as archive:
            archive.extractall(target / path.stem, filter="data")


class Timer:
    """Times commands in a repository, by name."""

    def __init__(self, folder: Path) -> None:
        """folder: of the repository."""
        self.folder, self.seconds = folder, dict[str, float]()

    def dvc(self, name: str, *words: str) -> None:
        """Time a command of DVC."""
        cost = measure(["dvc", *words], self.folder)
        self.seconds[name] = self.seconds.get(name, 0) + cost.seconds

    def call(self, name: str, work: Callable[[Path, Path], None], *paths: Path) -> None:
        """Time work(*paths), as part of the command of that name."""
        start = time.perf_counter()
        work(*paths)
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - start


def measure_layout(name: str, folder: Path) -> dict[str, float]:
    """Seconds of each command. folder: empty."""
    songs, archives, layout = folder / "songs", folder / "archives", LAYOUTS[name]
    folder.mkdir()
    for words in (
        ["git", "init", "-q"],
        ["dvc", "init", "-q"],
        ["dvc", "remote", "add", "-q", "-d", "shared", str(folder / "remote")],
    ):
        subprocess.run(words, cwd=folder, check=True)
    tracked = archives if name == ARCHIVED else songs
    timer = Timer(folder)
    for step, first, last in (("add", 0, FILES), ("one more", FILES, FILES + 1)):
        write_songs(songs, layout, first, last)
        if name == ARCHIVED:
            timer.call(step, pack, songs, archives)
        timer.dvc(step, "add", "-q", tracked.name)
    timer.dvc("status", "status", "-q")
    timer.dvc("push", "push", "-q")
    for path in (songs, archives, folder / ".dvc/cache"):
        shutil.rmtree(path, ignore_errors=True)
    timer.dvc("pull", "pull", "-q")
    if name == ARCHIVED:
        timer.call("pull", unpack, archives, songs)
    for path in (songs, archives):
        shutil.rmtree(path, ignore_errors=True)
    timer.dvc("checkout", "checkout", "-q")
    if name == ARCHIVED:
        timer.call("checkout", unpack, archives, songs)
    assert sum(path.is_file() for path in songs.rglob("*")) == FILES + 1
    return timer.seconds


def main() -> None:
    rows = []
    for name in LAYOUTS:
        with tempfile.TemporaryDirectory() as temporary:
            seconds = measure_layout(name, Path(temporary, "repository"))
        rows.append({"layout": name, "files": FILES} | {k: round(v, 1) for k, v in seconds.items()})
    print_table(list(rows[0]), (row.values() for row in rows))
    write_json(RESULT, rows)
    print_source("dvc_layouts", RESULT)


if __name__ == "__main__":
    run(main)
