"""Songs of a playlist or video link, by yt-dlp: the list first, then best audio as delivered."""

import io
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages.failure import Unavailable, classify
from stages.sections import Download
from stages.sources import Fetched, Song, identify

# its messages come back as exceptions, and are told at the end
SILENT = logging.Logger("yt-dlp", level=logging.CRITICAL + 1)
QUIET = {"quiet": True, "noprogress": True, "color": "no_color", "logger": SILENT}
LONGEST_PAUSE = 30  # seconds, between two attempts
NESTED = {"YoutubeTab", "YoutubePlaylist"}  # a channel's tabs, its list of playlists
# how YouTube lists an entry of which no more is left
GONE = {"[private video]": "private", "[deleted video]": "deleted"}


def options(settings: Download) -> dict[str, Any]:
    """The params in yt-dlp's words."""
    own: dict[str, Any] = {
        "retries": 0,  # this module tries again, also where yt-dlp would not
        "fragment_retries": settings.retries,
        "skip_unavailable_fragments": False,  # a song with a hole in it is no song
        "continuedl": False,  # another attempt may choose another format
        "extractor_retries": settings.retries,
        # or else a list that breaks off is taken for a shorter one, and songs for dropped
        "extractor_args": {"youtube": {"raise_incomplete_data": ["1"]}},
        "socket_timeout": settings.timeout,
        "sleep_interval_requests": settings.sleep,
        "fixup": "never",  # needs the ffmpeg program
    }
    if settings.proxy:
        own["proxy"] = settings.proxy
    if settings.rate_limit:
        own["ratelimit"] = settings.rate_limit * 1000
    if settings.cookies_from_browser:
        own["cookiesfrombrowser"] = (settings.cookies_from_browser,)
    if settings.cookies:
        # a stream, since yt-dlp would write to the file
        own["cookiefile"] = io.StringIO(Path(settings.cookies).expanduser().read_text())
    return own


def ask(url: str, settings: Download, more: dict, download: bool) -> dict:
    """What yt-dlp says of a link; after a network error it is asked again.

    Raises:
        Unavailable: with yt-dlp's message, and the kind of failure.
    """
    import yt_dlp

    for attempt in range(settings.retries + 1):
        try:
            with yt_dlp.YoutubeDL(QUIET | options(settings) | more) as downloader:
                return downloader.extract_info(url, download=download)
        except yt_dlp.utils.YoutubeDLError as error:
            text = str(error).removeprefix("ERROR: ")
            geo = isinstance(getattr(error, "exc_info", (0, 0))[1], yt_dlp.utils.GeoRestrictedError)
            kind = "geo-blocked" if geo else classify(text)
            expired = (
                "video data: HTTP Error 403" in text
            )  # a media link; asking anew gives another
            if not (kind == "network" or expired) or attempt == settings.retries:
                raise Unavailable(f"{url}: {text}", kind) from error
        except OSError as error:  # the cookies file
            raise Unavailable(f"{error.filename or url}: {error.strerror or error}") from error
        except Unavailable:
            raise
        except Exception as error:  # yt-dlp lets pass what a broken extractor raises
            text = f"{type(error).__name__}: {error}"
            raise Unavailable(f"{url}: yt-dlp failed ({text}); is it up to date?") from error
        time.sleep(min(2**attempt, LONGEST_PAUSE))
    raise AssertionError("not reached")


def entries(url: str, info: dict, settings: Download, depth: int = 0) -> Iterator[dict]:
    """The entries of a playlist, also of those within it; the link itself where it is none."""
    if info.get("_type") != "playlist":
        yield info
        return
    for entry in filter(None, info["entries"]):
        if entry.get("_type") == "playlist":
            yield from entries(url, entry, settings, depth)
        elif entry.get("ie_key") in NESTED and depth < 2:
            flat = {"extract_flat": "in_playlist"}
            yield from entries(url, ask(entry["url"], settings, flat, False), settings, depth + 1)
        else:
            yield entry


def fetch(
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
    got = ask(link, settings, more, download=True)
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


def songs(region: str, url: str, settings: Download) -> list[Song]:
    """List a playlist (one request or few, no download), or the one song of a video link.

    Raises:
        Unavailable: it cannot be listed, or is empty.
    """
    info = ask(url, settings, {"extract_flat": "in_playlist"}, download=False)
    listed = []
    for entry in entries(url, info, settings):
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
            return fetch(link, settings, folder, stem)

        listed.append(Song(identify(name, name), region, title, link, fetcher, gone=gone))
    if not listed:
        raise Unavailable(f"{url}: an empty playlist")
    return listed
