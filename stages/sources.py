"""One contract for every source of a corpus: it lists its songs, and fetches one into a folder."""

import glob
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stages.corpus import Palette
from stages.folk import Recipe
from stages.params import Folk

AUDIO = {".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".mp4", ".webm", ".wma"}
AUDIO |= {".aif", ".aiff", ".mka", ".mkv"}


@dataclass(frozen=True)
class Song:
    """A song that a source offers. fetch(folder, stem) writes one file and returns its path.

    fetch raises Unavailable, with a reason, where there is no song to be had.
    """

    song: str  # id
    region: str
    title: str
    source: str
    fetch: Callable[[Path, str], Path]


class Unavailable(Exception):
    """A source cannot give what was asked; the text is the reason."""


def identify(name: str, source: str) -> str:
    """A stable id, safe as a file name on every system: readable, and unique by its digest."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "song"
    return f"{readable}-{hashlib.sha256(os.fsencode(source)).hexdigest()[:8]}"


def local(region: str, source: str) -> list[Song]:
    """The audio files of a folder (with its subfolders), or of a glob.

    A relative source counts from the repository, also where DVC runs a copy of it. Ids depend on
    the source as it is written and the place below it, so that they are equal on every machine.
    """
    base, given = Path(os.environ.get("DVC_ROOT", ".")), Path(source).expanduser()
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
    files = sorted(path for path in files if path.is_file())
    if not files:
        raise Unavailable(f"{source}: no such folder, or no audio file in it")

    def copier(path: Path) -> Callable[[Path, str], Path]:
        def fetch(folder: Path, stem: str) -> Path:
            return Path(shutil.copyfile(path, folder / f"{stem}{path.suffix.lower()}"))

        return fetch

    songs = []
    for path in files:
        place = path.relative_to(root).as_posix() if path != root else path.name
        written = f"{source}: {place}"
        # file names may be bytes that are no text
        title, shown = (os.fsencode(name).decode(errors="replace") for name in (path.stem, written))
        songs.append(Song(identify(title, written), region, title, shown, copier(path)))
    return songs


def folk(recipe: Recipe, palette: Palette, params: Folk) -> Song:
    """A song that is rendered from tunes: the same bytes from the same seed, in any process."""

    def fetch(folder: Path, stem: str) -> Path:
        import numpy as np

        from stages.arrange import arrange
        from stages.synthesis import FADE, fit, record, render, save

        region = int.from_bytes(hashlib.sha256(recipe.region.encode()).digest()[:4], "big")
        random = np.random.default_rng([params.seed, region, recipe.number])
        seconds = random.uniform(*params.seconds)
        midi = arrange(recipe.tunes, palette, seconds - FADE, random)
        path = folder / f"{stem}.flac"
        save(fit(record(render(midi), random), seconds), path)
        return path

    titles = " / ".join(tune.title for tune in recipe.tunes)
    return Song(recipe.song, recipe.region, titles, "folk: music21", fetch)
