"""Atomic writes: a file is complete or absent, even after a power cut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which moves to `path` if the block ends without an exception."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        move_into_place(part, path)
    finally:
        part.unlink(missing_ok=True)


def move_into_place(part: Path, target: Path) -> None:
    """Move a finished file to its path, after all of it is on the disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, target)
    if os.name == "posix":  # other systems cannot open a folder
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def prune(folder: Path, wanted: set[Path]) -> None:
    """Remove from `folder` every file that is not wanted, and folders that are left empty."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
