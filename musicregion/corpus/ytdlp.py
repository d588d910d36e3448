"""Asks yt-dlp: the params in its words, and its errors as kinds of failure."""

import io
import logging
import time
from pathlib import Path
from typing import Any

from musicregion.config.sections import Download
from musicregion.corpus.failures import classify
from musicregion.errors import Unavailable

# its messages come back as exceptions, and are told at the end
SILENT = logging.Logger("yt-dlp", level=logging.CRITICAL + 1)
QUIET = {"quiet": True, "noprogress": True, "color": "no_color", "logger": SILENT}
LONGEST_PAUSE = 30  # seconds, between two attempts


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


def extract_info(url: str, settings: Download, more: dict, download: bool) -> dict:
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
