"""A stored task that notes its key before it runs, for benchmarks.kill."""

from dataclasses import dataclass
from pathlib import Path

from musicregion.storage.song_results import StoredTask

TRACE = Path("trace.txt")  # of the folder that the stage runs in


@dataclass(frozen=True)
class TracedTask(StoredTask):
    def __call__(self, key: str, *arguments: object) -> object:
        with TRACE.open("a") as file:
            file.write(f"{key}\n")
        return super().__call__(key, *arguments)
