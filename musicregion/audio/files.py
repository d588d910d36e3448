"""Which audio files a folder, a glob or a path means."""

import glob
from pathlib import Path

AUDIO = {".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".mp4", ".webm", ".wma"}
AUDIO |= {".aif", ".aiff", ".mka", ".mkv"}


def find_audio_files(source: str, base: Path) -> tuple[Path, list[Path]]:
    """The folder that a source's files lie in, and they, sorted; a folder with its subfolders.

    source: a folder, a file or a glob; a relative one counts from `base`.
    """
    given = Path(source).expanduser()
    root = base / given
    if root.is_dir():
        files = [path for path in root.rglob("*") if path.suffix.lower() in AUDIO]
    elif root.is_file():
        files = [root]
    else:
        files = [base / found for found in glob.glob(str(given), root_dir=base, recursive=True)]
        while glob.has_magic(str(given)):
            given = given.parent
        root = base / given
    return root, sorted(path for path in files if path.is_file())
