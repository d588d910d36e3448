"""`python -m corpora.games`: soundtracks of free-software games, from Debian's packages.

Downloads each package of PACKAGES with apt-get, unpacks the music alone with dpkg-deb into
data/corpora/games/<game>/ and writes there licences.csv, from the package's copyright file. Needs
no root. What is there is not fetched again: remove a game's folder to have it anew.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tqdm import tqdm

from musicregion.command import run
from musicregion.errors import DownloadError

FOLDER = Path("data/corpora/games")
PACKAGES = {  # game: Debian package
    "naev": "naev-data",
    "supertux": "supertux-data",
    "wesnoth": "wesnoth-1.16-music",
    "widelands": "widelands-data",
    "hedgewars": "hedgewars-data",
    "unknown-horizons": "unknown-horizons",
    "singularity": "singularity-music",
    "warzone2100": "warzone2100-music",
}
AUDIO = {".ogg", ".oga", ".opus", ".mp3", ".flac"}
SMALLEST = 300_000  # bytes; below are jingles


def place(member: tarfile.TarInfo) -> PurePosixPath | None:
    """Where a package's file goes below its game's folder; None for what is not music."""
    path = PurePosixPath(member.name)
    folders = [part.lower() for part in path.parent.parts]
    if not member.isfile() or member.size <= SMALLEST or path.suffix.lower() not in AUDIO:
        return None
    return PurePosixPath(*path.parts[folders.index("music") + 1 :]) if "music" in folders else None


def rights(copyright_file: str, names: list[str]) -> list[tuple[str, str]]:
    """(author, licence) of each file, from a machine-readable Debian copyright file.

    Both are empty where the file is not machine-readable. Its patterns count from the top of the
    source, so that an installed file is looked for under each end of its path.
    """
    from debian.copyright import Copyright, NotMachineReadableError

    try:
        stated = Copyright(copyright_file.splitlines(keepends=True), strict=False)
    except NotMachineReadableError:
        return [("", "")] * len(names)
    found = []
    for name in names:
        parts = PurePosixPath(name).parts
        ends = ["/".join(parts[start:]) for start in range(len(parts))]
        tried = [prefix + end for end in ends for prefix in ("", "./", "data/")]
        matches = [stated.find_files_paragraph(path) for path in tried]
        own = [match for match in matches if match and match.files != ("*",)]
        paragraph = (own or [match for match in matches if match] or [None])[0]
        if paragraph is None:
            found.append(("", ""))
        else:
            holders = "; ".join(line.strip() for line in paragraph.copyright.strip().splitlines())
            found.append((holders, paragraph.license.synopsis))
    return found


def readable(deb: Path, stream: BinaryIO) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=stream, mode="r|")
    except tarfile.ReadError as error:
        raise DownloadError(f"{deb}: dpkg-deb could not read it ({error})") from None


def unpack(deb: Path, package: str, target: Path) -> int:
    """Write a package's music and licences.csv into `target`. Returns the number of files."""
    music: dict[str, str] = {}  # name in the package: place
    stated = ""
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as process,
        readable(deb, process.stdout) as archive,
    ):
        for member in archive:
            if member.name.endswith(f"/doc/{package}/copyright"):
                stated = archive.extractfile(member).read().decode(errors="replace")
            elif goal := place(member):
                path = target / goal
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    shutil.copyfileobj(archive.extractfile(member), file)
                music[member.name] = str(goal)
    if process.returncode:
        raise DownloadError(f"{deb}: dpkg-deb could not read it (exit code {process.returncode})")
    with (target / "licences.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "author", "licence"])
        claims = rights(stated, list(music))
        writer.writerows(
            (goal, *claim) for goal, claim in sorted(zip(music.values(), claims, strict=True))
        )
    return len(music)


def obtain(game: str, package: str) -> None:
    """Fetch and unpack one game beside its place, and move it there when it is whole."""
    aside = FOLDER / f"{game}.part"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "deb").mkdir(parents=True)
    done = subprocess.run(
        ["apt-get", "download", "-q", package], cwd=aside / "deb", capture_output=True, text=True
    )
    if done.returncode:
        raise DownloadError(
            f"apt-get download {package} failed:\n{done.stderr.strip()}\n"
            "Where the package is not found, `apt-get update` (as root) renews the lists."
        )
    (deb,) = (aside / "deb").glob("*.deb")
    if not unpack(deb, package, aside / "music"):
        raise DownloadError(f"{deb.name}: there is no music in it")
    os.replace(aside / "music", FOLDER / game)
    shutil.rmtree(aside)


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            sys.exit(f"{program}: not found. This corpus needs Debian or a relative of it.")
    for game, package in tqdm(PACKAGES.items(), "games", unit="game"):
        if not (FOLDER / game).is_dir():
            obtain(game, package)
    count = sum(path.suffix in AUDIO for path in FOLDER.rglob("*"))
    print(f"{FOLDER}: {count} songs. Next: dvc exp run -S corpus=games")


if __name__ == "__main__":
    run(main)
