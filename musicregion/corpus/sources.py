"""One contract for every source of a corpus: it lists its songs, and fetches one into a folder."""

import csv
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from musicregion.audio.files import find_audio_files
from musicregion.errors import Unavailable
from musicregion.storage.checksums import sha256


@dataclass(frozen=True)
class Fetched:
    """A song's file, and who made it under which licence, where the source says so."""

    path: Path
    author: str = ""
    licence: str = ""
    album: str = ""


@dataclass(frozen=True)
class Song:
    """A song that a source offers. fetch(folder, stem) writes one file <folder>/<stem>.<ext>.

    fetch raises Unavailable, with a reason, where there is no song to be had.
    """

    song: str  # id
    region: str
    title: str
    source: str
    fetch: Callable[[Path, str], Fetched]
    version: str = ""  # another one is another file
    album: str = ""  # where the corpus file names one
    gone: str = ""  # private, deleted: the source lists it, and has it no more
    computed: bool = False  # fetching is work for a processor, not for the network


def song_id(name: str, source: str) -> str:
    """A stable id, safe as a file name on every system: readable, and unique by its digest."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "song"
    return f"{readable}-{hashlib.sha256(os.fsencode(source)).hexdigest()[:8]}"


def read_licences(root: Path) -> dict[str, tuple[str, str]]:
    """Author and licence by file, from licences.csv (file, author, licence) in a local folder."""
    path = root / "licences.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        return {row["file"]: (row["author"], row["licence"]) for row in csv.DictReader(file)}


def list_folder(region: str, source: str) -> list[Song]:
    """The audio files of a folder (with its subfolders), or of a glob.

    A relative source counts from the repository, also where DVC runs a copy of it. Ids depend on
    the source as it is written and the place below it, so that they are equal on every machine.
    """
    root, files = find_audio_files(source, Path(os.environ.get("DVC_ROOT", ".")))
    if not files:
        raise Unavailable(f"{source}: no such folder, or no audio file in it", "deleted")
    rights = read_licences(root)

    songs = []
    with ThreadPoolExecutor() as pool:
        for path, version in zip(files, pool.map(sha256, files), strict=True):
            place = path.relative_to(root).as_posix() if path != root else path.name
            names = (path.stem, f"{source}: {place}")
            # file names may be bytes that are no text
            title, shown = (os.fsencode(name).decode(errors="replace") for name in names)

            def copy(
                folder: Path, stem: str, path: Path = path, rights: tuple = rights.get(place, ())
            ) -> Fetched:
                return Fetched(
                    Path(shutil.copyfile(path, folder / f"{stem}{path.suffix.lower()}")), *rights
                )

            name = song_id(title, names[1])
            songs.append(Song(name, region, title, shown, copy, version))
    return songs
