"""Songs of a playlist or video link, by yt-dlp: the list first, then best audio as delivered."""

from collections.abc import Callable
from pathlib import Path

from stages.sources import Song, Unavailable, identify

QUIET = {"quiet": True, "no_warnings": True, "noprogress": True, "color": "no_color"}


def _ask(url: str, options: dict, download: bool) -> dict:
    import yt_dlp

    try:
        with yt_dlp.YoutubeDL(QUIET | options) as downloader:
            return downloader.extract_info(url, download=download)
    except yt_dlp.utils.YoutubeDLError as error:
        raise Unavailable(f"{url}: {str(error).removeprefix('ERROR: ')}") from error


def songs(region: str, url: str, retries: int) -> list[Song]:
    """List a playlist (one request or few, no download), or the one song of a video link."""
    info = _ask(url, {"extract_flat": "in_playlist"}, download=False)
    entries = info["entries"] if info.get("_type") == "playlist" else [info]

    def fetcher(link: str) -> Callable[[Path, str], Path]:
        def fetch(folder: Path, stem: str) -> Path:
            options = {
                "format": "bestaudio/best",
                "outtmpl": {"default": f"{folder}/{stem}.%(ext)s"},
                "retries": retries,
                "fixup": "never",  # needs the ffmpeg program
                "noplaylist": True,
            }
            got = _ask(link, options, download=True)
            if not got.get("requested_downloads"):
                raise Unavailable(f"{link}: nothing was downloaded")
            return Path(got["requested_downloads"][0]["filepath"])

        return fetch

    listed = []
    for entry in filter(None, entries):
        # a whole entry bears its playlist's address, a reference its own
        reference = str(entry.get("_type", "")).startswith("url")
        link = entry["url"] if reference else entry.get("webpage_url") or entry["url"]
        extractor = entry.get("ie_key") or entry.get("extractor_key") or "link"
        name = f"{extractor}-{entry.get('id') or link}"
        title = entry.get("title") or link
        listed.append(Song(identify(name, name), region, title, link, fetcher(link)))
    if not listed:
        raise Unavailable(f"{url}: an empty playlist")
    return listed
