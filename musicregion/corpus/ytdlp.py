"""Calls yt-dlp: translates params to its options, and its errors to kinds of failure."""

import io
import logging
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from musicregion.audio.files import AUDIO
from musicregion.config.sections import Download
from musicregion.corpus.failures import classify
from musicregion.errors import Unavailable

# its messages come back as exceptions, and are printed at the end
SILENT = logging.Logger("yt-dlp", level=logging.CRITICAL + 1)
QUIET = {"quiet": True, "noprogress": True, "color": "no_color", "logger": SILENT}
LONGEST_PAUSE = 30  # seconds, between two attempts


def options(settings: Download) -> dict[str, Any]:
    """The options of yt-dlp for these params."""
    result: dict[str, Any] = {
        "retries": 0,  # this module tries again, in more cases than yt-dlp would
        "fragment_retries": settings.retries,
        "skip_unavailable_fragments": False,  # a song with a gap is useless
        "continuedl": False,  # another attempt may choose another format
        "extractor_retries": settings.retries,
        # otherwise a truncated list passes for a shorter one, and its songs are dropped
        "extractor_args": {"youtube": {"raise_incomplete_data": ["1"]}},
        "socket_timeout": settings.timeout,
        "sleep_interval_requests": settings.sleep,
        "fixup": "never",  # needs the ffmpeg program
    }
    if settings.proxy:
        result["proxy"] = settings.proxy
    if settings.rate_limit:
        result["ratelimit"] = settings.rate_limit * 1000
    if settings.cookies_from_browser:
        result["cookiesfrombrowser"] = (settings.cookies_from_browser,)
    if settings.cookies:
        # a stream, since yt-dlp would write to a file
        result["cookiefile"] = io.StringIO(Path(settings.cookies).expanduser().read_text())
    return result


def identify_video(url: str) -> tuple[str, str] | None:
    """Name and address of the one video that a link leads to; None if it may be a playlist.

    They are known without a request, so that a video that is gone has the same ones.
    """
    from yt_dlp.extractor import gen_extractor_classes

    extractor = next(extractor for extractor in gen_extractor_classes() if extractor.suitable(url))
    key = extractor.ie_key()
    if key == "Youtube":  # as in its playlists
        video = extractor.get_temp_id(url)
        return f"{key}-{video}", f"https://www.youtube.com/watch?v={video}"
    is_file = Path(urlsplit(url).path).suffix.lower() in AUDIO
    return (f"{key}-{url}", url) if is_file or extractor.is_single_video(url) else None


def extract_info(
    url: str, settings: Download, changes: dict[str, Any], download: bool
) -> dict[str, Any]:
    """yt-dlp's information about a link; after a network error it tries again.

    changes: options of yt-dlp, beside those of the params.

    Raises:
        Unavailable: with yt-dlp's message, and the kind of failure.
    """
    import yt_dlp

    for attempt in range(settings.retries + 1):
        try:
            with yt_dlp.YoutubeDL(QUIET | options(settings) | changes) as downloader:
                info: dict[str, Any] = downloader.extract_info(url, download=download)
                return info
        except yt_dlp.utils.YoutubeDLError as error:
            text = str(error).removeprefix("ERROR: ")
            geo = isinstance(getattr(error, "exc_info", (0, 0))[1], yt_dlp.utils.GeoRestrictedError)
            kind = "geo-blocked" if geo else classify(text)
            # a media link that has expired; the next attempt gets another one
            expired = "video data: HTTP Error 403" in text
            if not (kind == "network" or expired) or attempt == settings.retries:
                raise Unavailable(f"{url}: {text}", kind) from error
        except OSError as error:  # the cookies file
            raise Unavailable(f"{error.filename or url}: {error.strerror or error}") from error
        except Unavailable:
            raise
        except Exception as error:  # yt-dlp does not catch what a broken extractor raises
            text = f"{type(error).__name__}: {error}"
            raise Unavailable(f"{url}: yt-dlp failed ({text}); is it up to date?") from error
        time.sleep(min(2**attempt, LONGEST_PAUSE))
    raise AssertionError("not reached")
