"""Finds the audio files of a folder, a glob or a path."""

import glob
from pathlib import Path

AUDIO = {".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".mp4", ".webm", ".wma"}
AUDIO |= {".aif", ".aiff", ".mka", ".mkv"}


def find_audio_files(source: str, base: Path) -> tuple[Path, list[Path]]:
    """The folder that holds the audio files of a source, and the files, sorted.

    source: a folder (its subfolders included), a file or a glob, relative to `base`.
    """
    path = Path(source).expanduser()
    root = base / path
    if root.is_dir():
        files = [file for file in root.rglob("*") if file.suffix.lower() in AUDIO]
    elif root.is_file():
        files = [root]
    else:
        files = [base / name for name in glob.glob(str(path), root_dir=base, recursive=True)]
        while glob.has_magic(str(path)):
            path = path.parent
        root = base / path
    return root, sorted(file for file in files if file.is_file())
