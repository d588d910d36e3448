"""Folders of this computer that hold songs, to choose from."""

import os
from collections import deque
from pathlib import Path

from musicregion.audio.files import AUDIO

DEEPEST, MOST_LOOKED_AT, MOST_SHOWN = 4, 4000, 100  # folders below a start; of all starts
OUTPUTS = {"data", "songs"}  # of the pipeline, in the repository


def find_music_folders() -> list[str]:
    """Folders with songs in the repository and in the home folder, as a corpus file names them."""
    home = Path.home()
    folders = list_folders(Path(), OUTPUTS)
    return folders + [
        f"~/{Path(folder).relative_to(home).as_posix()}"
        for folder in list_folders(home, set())
        if not Path(folder).resolve().is_relative_to(Path.cwd())
    ]


def list_folders(start: Path, skipped: set[str]) -> list[str]:
    """Folders below a start that hold songs, those near the start first; hidden ones are left out.

    skipped: names of folders in the start that are left out.
    """
    folders, looked_at = [], 0
    queue = deque([(start, 0)])
    while queue and looked_at < MOST_LOOKED_AT and len(folders) < MOST_SHOWN:
        folder, depth = queue.popleft()
        looked_at += 1
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError:  # one that may not be read
            continue
        if depth and any(Path(entry.name).suffix.lower() in AUDIO for entry in entries):
            folders.append(folder.as_posix())
        if depth < DEEPEST:
            queue.extend(
                (Path(entry.path), depth + 1)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and not entry.name.startswith(".")
                and not (depth == 0 and entry.name in skipped)
            )
    return folders
