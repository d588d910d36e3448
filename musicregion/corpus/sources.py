"""The contract of every source of a corpus: it lists songs, each of which can be fetched."""

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
    """A song's file, and its author, licence and album if the source states them."""

    path: Path
    author: str = ""
    licence: str = ""
    album: str = ""


@dataclass(frozen=True)
class Song:
    """A song that a source offers.

    fetch(folder, stem) writes one file <folder>/<stem>.<ext>, or raises Unavailable.
    """

    song: str  # id
    region: str
    title: str
    source: str
    fetch: Callable[[Path, str], Fetched]
    version: str = ""  # changes whenever the file would
    album: str = ""  # if the corpus file names one
    gone: str = ""  # the kind of failure if the source is known not to have it, as "private"
    computed: bool = False  # fetching keeps the processor busy, not the network
    local: bool = False  # a file of this machine, which needs no copy in the store


def song_id(name: str, source: str) -> str:
    """A stable id that is a valid file name on every system: readable, and unique by its digest."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "song"
    return f"{readable}-{hashlib.sha256(os.fsencode(source)).hexdigest()[:8]}"


def read_licences(root: Path) -> dict[str, tuple[str, str]]:
    """Author and licence by file, from licences.csv (file, author, licence) in a folder; or {}."""
    path = root / "licences.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        return {row["file"]: (row["author"], row["licence"]) for row in csv.DictReader(file)}


def list_folder(region: str, source: str) -> list[Song]:
    """The audio files of a folder (with its subfolders), or of a glob.

    A relative source starts at the repository, even if DVC runs a copy of it. Ids are made of the
    source as it is written and the path below it, so that they are equal on every machine.

    Raises:
        Unavailable: there is no such folder, or no audio file in it.
    """
    root, files = find_audio_files(source, Path(os.environ.get("DVC_ROOT", ".")))
    if not files:
        raise Unavailable(f"{source}: no such folder, or no audio file in it", "deleted")
    licences = read_licences(root)
    songs = []
    with ThreadPoolExecutor() as pool:
        for path, version in zip(files, pool.map(sha256, files), strict=True):
            relative = path.relative_to(root).as_posix() if path != root else path.name
            origin = f"{source}: {relative}"
            # file names may be bytes that are not valid text
            title, readable_origin = (
                os.fsencode(name).decode(errors="replace") for name in (path.stem, origin)
            )

            def copy(
                folder: Path,
                stem: str,
                path: Path = path,
                rights: tuple[str, str] = licences.get(relative, ("", "")),
            ) -> Fetched:
                return Fetched(
                    Path(shutil.copyfile(path, folder / f"{stem}{path.suffix.lower()}")), *rights
                )

            song = song_id(title, origin)
            songs.append(Song(song, region, title, readable_origin, copy, version, local=True))
    return songs
