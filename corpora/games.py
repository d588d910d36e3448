"""`python -m corpora.games`: fetches soundtracks of free-software games from Debian's packages.

Downloads each package of PACKAGES with apt-get, unpacks its music with dpkg-deb into
data/corpora/games/<game>/, and writes licences.csv there from the package's copyright file. Needs
no root. A game that is there is not fetched again: remove its folder to fetch it again.
"""

import argparse
import csv
import os
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

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
SMALLEST = 300_000  # bytes; smaller files are jingles


def music_path(member: tarfile.TarInfo) -> PurePosixPath | None:
    """The path of a package's file below its game's folder; None if it is not music."""
    path = PurePosixPath(member.name)
    folders = [part.lower() for part in path.parent.parts]
    if not member.isfile() or member.size <= SMALLEST or path.suffix.lower() not in AUDIO:
        return None
    return PurePosixPath(*path.parts[folders.index("music") + 1 :]) if "music" in folders else None


def authors_and_licences(copyright_file: str, names: list[str]) -> list[tuple[str, str]]:
    """(author, licence) of each file, from the text of a machine-readable Debian copyright file.

    Both are empty if it is not machine-readable. Its patterns are relative to the source package,
    so each end of an installed file's path is tried.
    """
    from debian.copyright import Copyright, NotMachineReadableError

    try:
        stated = Copyright(copyright_file.splitlines(keepends=True), strict=False)
    except NotMachineReadableError:
        return [("", "")] * len(names)
    result = []
    for name in names:
        parts = PurePosixPath(name).parts
        ends = ["/".join(parts[start:]) for start in range(len(parts))]
        candidates = [prefix + end for end in ends for prefix in ("", "./", "data/")]
        matches = [stated.find_files_paragraph(path) for path in candidates]
        specific = [match for match in matches if match and match.files != ("*",)]
        paragraph = (specific or [match for match in matches if match] or [None])[0]
        if paragraph is None:
            result.append(("", ""))
        else:
            holders = "; ".join(line.strip() for line in paragraph.copyright.strip().splitlines())
            result.append((holders, paragraph.license.synopsis))
    return result


def open_archive(deb: Path, stream: IO[bytes]) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=stream, mode="r|")
    except tarfile.ReadError as error:
        raise DownloadError(f"{deb}: dpkg-deb could not read it ({error})") from None


def unpack(deb: Path, package: str, target: Path) -> int:
    """Write a package's music and licences.csv into `target`. Returns the number of files."""
    paths: dict[str, str] = {}  # name in the package to path below `target`
    copyright_file = ""
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as process,
        open_archive(deb, process.stdout) as archive,
    ):
        for member in archive:
            if member.name.endswith(f"/doc/{package}/copyright"):
                copyright_file = archive.extractfile(member).read().decode(errors="replace")
            elif relative := music_path(member):
                path = target / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    shutil.copyfileobj(archive.extractfile(member), file)
                paths[member.name] = str(relative)
    if process.returncode:
        raise DownloadError(f"{deb}: dpkg-deb could not read it (exit code {process.returncode})")
    with (target / "licences.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "author", "licence"])
        rights = authors_and_licences(copyright_file, list(paths))
        writer.writerows(
            (path, *right) for path, right in sorted(zip(paths.values(), rights, strict=True))
        )
    return len(paths)


def fetch_game(game: str, package: str) -> None:
    """Fetch and unpack one game in a temporary folder, and move it into place when complete."""
    temporary = FOLDER / f"{game}.part"
    shutil.rmtree(temporary, ignore_errors=True)
    (temporary / "deb").mkdir(parents=True)
    done = subprocess.run(
        ["apt-get", "download", "-q", package],
        cwd=temporary / "deb",
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise DownloadError(
            f"apt-get download {package} failed:\n{done.stderr.strip()}\n"
            "If the package is not found, update the lists of packages: `apt-get update` (as root)."
        )
    (deb,) = (temporary / "deb").glob("*.deb")
    if not unpack(deb, package, temporary / "music"):
        raise DownloadError(f"{deb.name}: there is no music in it")
    os.replace(temporary / "music", FOLDER / game)
    shutil.rmtree(temporary)


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise DownloadError(
                f"{program}: not found. This corpus needs Debian or a system based on it."
            )
    for game, package in tqdm(PACKAGES.items(), "games", unit="game"):
        if not (FOLDER / game).is_dir():
            fetch_game(game, package)
    count = sum(path.suffix in AUDIO for path in FOLDER.rglob("*"))
    print(f"{FOLDER}: {count} songs. Next: dvc exp run -S corpus=games")


if __name__ == "__main__":
    run(main)
