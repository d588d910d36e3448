"""Songs of a playlist or video link, by yt-dlp: the list first, then best audio as delivered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from musicregion.config.sections import Download
from musicregion.corpus.sources import Fetched, Song, song_id
from musicregion.corpus.ytdlp import extract_info
from musicregion.errors import Unavailable

NESTED = {"YoutubeTab", "YoutubePlaylist"}  # a channel's tabs, its list of playlists
# how YouTube lists an entry of which no more is left
GONE = {"[private video]": "private", "[deleted video]": "deleted"}


def flatten_entries(url: str, info: dict, settings: Download, depth: int = 0) -> Iterator[dict]:
    """The entries of a playlist, also of those within it; the link itself where it is none."""
    if info.get("_type") != "playlist":
        yield info
        return
    for entry in filter(None, info["entries"]):
        if entry.get("_type") == "playlist":
            yield from flatten_entries(url, entry, settings, depth)
        elif entry.get("ie_key") in NESTED and depth < 2:
            flat = {"extract_flat": "in_playlist"}
            yield from flatten_entries(
                url, extract_info(entry["url"], settings, flat, False), settings, depth + 1
            )
        else:
            yield entry


def download_audio(
    link: str, settings: Download, folder: Path, stem: str, extra: dict[str, Any] | None = None
) -> Fetched:
    """Download the best audio of a link as <folder>/<stem>.<its extension>.

    extra: options in yt-dlp's words.
    """
    reasons: list[Unavailable] = []

    def refuse(info: dict, *, incomplete: bool = False) -> str | None:
        seconds = info.get("duration") or 0
        if info.get("is_live"):
            reasons.append(Unavailable(f"{link}: a live stream", "too long"))
        elif seconds > settings.max_duration:
            text = f"{link}: {seconds:.0f} s, download.max_duration is {settings.max_duration:g} s"
            reasons.append(Unavailable(text, "too long"))
        return str(reasons[-1]) if reasons else None

    def limit(status: dict) -> None:
        size = max(status.get("downloaded_bytes") or 0, status.get("total_bytes") or 0)
        if size > settings.max_size * 1e6:
            raise Unavailable(
                f"{link}: {size / 1e6:.0f} MB, download.max_size is {settings.max_size:g} MB",
                "too large",
            )

    more = {
        "format": "bestaudio/best",
        "outtmpl": {"default": f"{str(folder).replace('%', '%%')}/{stem}.%(ext)s"},
        "noplaylist": True,
        "playlistend": 1,  # a link that turns out to be a list is no song: not all of it is fetched
        "match_filter": refuse,
        "progress_hooks": [limit],
        "sleep_interval": settings.sleep,
    } | (extra or {})
    got = extract_info(link, settings, more, download=True)
    if reasons:
        raise reasons[-1]
    if not got.get("requested_downloads"):
        raise Unavailable(f"{link}: no audio was downloaded", "no audio")
    return Fetched(
        Path(got["requested_downloads"][0]["filepath"]),
        str(got.get("artist") or got.get("uploader") or ""),
        str(got.get("license") or ""),
        str(got.get("album") or ""),
    )


def list_playlist(region: str, url: str, settings: Download) -> list[Song]:
    """List a playlist (one request or few, no download), or the one song of a video link.

    Raises:
        Unavailable: it cannot be listed, or is empty.
    """
    info = extract_info(url, settings, {"extract_flat": "in_playlist"}, download=False)
    listed = []
    for entry in flatten_entries(url, info, settings):
        # a whole entry bears its playlist's address, a reference its own
        reference = str(entry.get("_type", "")).startswith("url")
        link = entry["url"] if reference else entry.get("webpage_url") or entry["url"]
        if not reference and info.get("_type") == "playlist" and link == url:
            link = entry.get("url") or link
        extractor = entry.get("ie_key") or entry.get("extractor_key") or "link"
        name = f"{extractor}-{entry.get('id') or link}"
        title = str(entry.get("title") or link)
        gone = GONE.get(title.lower(), "")

        def fetcher(folder: Path, stem: str, link: str = link) -> Fetched:
            return download_audio(link, settings, folder, stem)

        listed.append(Song(song_id(name, name), region, title, link, fetcher, gone=gone))
    if not listed:
        raise Unavailable(f"{url}: an empty playlist")
    return listed
