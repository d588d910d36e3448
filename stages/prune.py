"""What a stage does with its persistent folder: remove whatever no longer belongs there."""

from pathlib import Path


def prune(folder: Path, wanted: set[Path]) -> None:
    """Remove from `folder` every file that is not wanted, and folders that are left empty."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
