"""Finds the songs that a command line names: files, folders, globs, and links for yt-dlp."""

from pathlib import Path

from musicregion.audio.files import find_audio_files
from musicregion.errors import Unavailable


def is_link(argument: str) -> bool:
    """Whether an argument is a link rather than a path."""
    return argument.startswith(("http://", "https://"))


def list_songs(arguments: list[str], temporary: Path) -> list[tuple[str, Path | str]]:
    """Each song's name and its file, or the reason why there is none.

    temporary: the folder for downloaded songs.
    """
    songs: list[tuple[str, Path | str]] = []
    for argument in arguments:
        if is_link(argument):
            songs += _download_songs(argument, temporary)
            continue
        _, files = find_audio_files(argument, Path())
        songs += [(str(path), path) for path in files]
        if not files:
            songs.append((argument, "no such file, or no audio file in it"))
    return songs


def _download_songs(link: str, temporary: Path) -> list[tuple[str, Path | str]]:
    from tqdm import tqdm

    from musicregion.config import params
    from musicregion.corpus import playlist

    songs: list[tuple[str, Path | str]] = []
    try:
        listed = playlist.list_playlist("", link, params.load().download)
    except Unavailable as error:
        return [(link, str(error))]
    for song in tqdm(listed, "download", unit="song"):
        try:
            songs.append((song.title, song.fetch(temporary, song.song).path))
        except Unavailable as error:
            songs.append((song.title, str(error)))
    return songs
