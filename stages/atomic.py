"""A file appears in its place whole, or not at all, whatever happens to the machine."""

import os
from pathlib import Path


def replace(aside: Path, target: Path) -> None:
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
