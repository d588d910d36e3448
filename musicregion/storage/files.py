"""A file appears in its place whole, or not at all, whatever happens to the machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; it moves to `path` when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        move_into_place(part, path)
    finally:
        part.unlink(missing_ok=True)


def move_into_place(aside: Path, target: Path) -> None:
    """Move a finished file onto its place, when all of it is on the disk."""
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(aside, target)
    if os.name == "posix":  # elsewhere a folder cannot be opened
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
