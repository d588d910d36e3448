"""Lists the songs of a playlist or video link, and downloads the best audio, with yt-dlp."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from musicregion.config.sections import Download
from musicregion.corpus.failures import STOP
from musicregion.corpus.sources import Fetched, Song, song_id
from musicregion.corpus.ytdlp import extract_info, identify_video
from musicregion.errors import Unavailable

NESTED = {"YoutubeTab", "YoutubePlaylist"}  # a channel's tabs, its list of playlists
# titles under which YouTube lists videos that are gone
GONE = {"[private video]": "private", "[deleted video]": "deleted"}


def flatten_entries(
    url: str, info: dict[str, Any], settings: Download, depth: int = 0
) -> Iterator[dict[str, Any]]:
    """The entries of a playlist and of playlists within it, or the link itself if it is a video.

    info: of the link, from extract_info.
    """
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

    extra: options of yt-dlp.

    Raises:
        Unavailable: it cannot be downloaded, or is longer or larger than the params allow.
    """
    reasons: list[Unavailable] = []

    def refuse(info: dict[str, Any], *, incomplete: bool = False) -> str | None:
        seconds = info.get("duration") or 0
        if info.get("is_live"):
            reasons.append(Unavailable(f"{link}: a live stream", "too long"))
        elif seconds > settings.max_duration:
            text = f"{link}: {seconds:.0f} s, download.max_duration is {settings.max_duration:g} s"
            reasons.append(Unavailable(text, "too long"))
        return str(reasons[-1]) if reasons else None

    def limit_size(status: dict[str, Any]) -> None:
        size = max(status.get("downloaded_bytes") or 0, status.get("total_bytes") or 0)
        if size > settings.max_size * 1e6:
            raise Unavailable(
                f"{link}: {size / 1e6:.0f} MB, download.max_size is {settings.max_size:g} MB",
                "too large",
            )

    changes = {
        "format": "bestaudio/best",
        "outtmpl": {"default": f"{str(folder).replace('%', '%%')}/{stem}.%(ext)s"},
        "noplaylist": True,
        "playlistend": 1,  # if the link is a list after all, not all of it is downloaded
        "match_filter": refuse,
        "progress_hooks": [limit_size],
        "sleep_interval": settings.sleep,
    } | (extra or {})
    info = extract_info(link, settings, changes, download=True)
    if reasons:
        raise reasons[-1]
    if not info.get("requested_downloads"):
        raise Unavailable(f"{link}: no audio was downloaded", "no audio")
    return Fetched(
        Path(info["requested_downloads"][0]["filepath"]),
        str(info.get("artist") or info.get("uploader") or ""),
        str(info.get("license") or ""),
        str(info.get("album") or ""),
    )


def identify_entry(entry: dict[str, Any], url: str, in_playlist: bool) -> tuple[str, str]:
    """Name and address of an entry of flatten_entries(url, …)."""
    # a full entry may have its playlist's address, a reference has its own
    reference = str(entry.get("_type", "")).startswith("url")
    link = entry["url"] if reference else entry.get("webpage_url") or entry["url"]
    if not reference and in_playlist and link == url:
        link = entry.get("url") or link
    extractor = entry.get("ie_key") or entry.get("extractor_key") or "link"
    return f"{extractor}-{entry.get('id') or link}", link


def missing_song(region: str, name: str, title: str, link: str, failure: Unavailable) -> Song:
    """A song that its source has no more, or not now; an earlier run may have its file."""

    def fetch(folder: Path, stem: str) -> Fetched:
        raise failure

    return Song(song_id(name, name), region, title, link, fetch, gone=failure.kind)


def list_playlist(region: str, url: str, settings: Download) -> list[Song]:
    """The songs of a playlist, or the one song of a video link; nothing is downloaded.

    Raises:
        Unavailable: the playlist cannot be listed, or is empty; or the video fails with a kind in
            STOP. With any other kind, fetching the song raises it.
    """
    video = identify_video(url)
    try:
        info = extract_info(url, settings, {"extract_flat": "in_playlist"}, download=False)
    except Unavailable as failure:
        if not video or failure.kind in STOP:
            raise
        name, link = video
        return [missing_song(region, name, link, link, failure)]
    if info.get("_type") == "playlist":
        video = None
    songs = []
    for entry in flatten_entries(url, info, settings):
        name, link = video or identify_entry(entry, url, info.get("_type") == "playlist")
        title = str(entry.get("title") or link)
        if gone := GONE.get(title.lower()):
            reason = Unavailable(f"{link}: {gone} at its source", gone)
            songs.append(missing_song(region, name, title, link, reason))
            continue

        def fetcher(folder: Path, stem: str, link: str = link) -> Fetched:
            return download_audio(link, settings, folder, stem)

        songs.append(Song(song_id(name, name), region, title, link, fetcher))
    if not songs:
        raise Unavailable(f"{url}: an empty playlist")
    return songs
