"""Why a song is missing: one of a few kinds, for each of which the user can do something."""

import errno
import re

from musicregion.errors import Unavailable

# by kind: patterns in messages of yt-dlp and of servers; the first kind that matches counts
SIGNS = {
    "disk full": r"no space left|errno 28|disk quota",
    "rate-limited": r"http error 429|too many requests|rate.?limit",
    "bot check": r"not a bot|anti-bot|captcha|unusual traffic",
    "private": r"private (video|playlist)|(video|playlist|it) is private",
    "geo-blocked": r"geo.?(restrict|block)|your (country|region|location)",
    "sign-in": r"confirm your age|age.?restrict|sign in|log ?in|members.only|http error 40[137]"
    r"|registered users|join this channel|inappropriate for some|purchase",
    "network": r"timed? ?out|connection|network|unreachable|incomplete (read|data)|bytes read"
    r"|incompleteread|more expected|http error 5\d\d|resolve|\bssl\b|certificate|remote end closed"
    r"|unable to connect",
    "no audio": r"requested format|no video formats|unsupported url|no audio|no media|not audio",
    "deleted": r"http error 4(04|10)|removed|deleted|no longer available|terminated"
    r"|does not exist|unavailable|not available|not found",
}
STOP = {  # kinds that would stop every further song too, and what to do
    "disk full": "Free some space, then run it again: it continues where it stopped.",
    "rate-limited": "Wait an hour or more, raise download.sleep, then run it again: it continues "
    "where it stopped.",
    "bot check": "Give the cookies of a browser that is signed in (download.cookies or "
    "download.cookies_from_browser), raise download.sleep, or wait; then run it again: it "
    "continues where it stopped.",
}


def classify(text: str) -> str:
    """The kind of failure that an error message describes; "other" if no pattern matches."""
    # without links and ids, which may contain any words
    message = re.sub(r"https?://\S+|^\[\S+\] \S+:", "", text)
    for kind, sign in SIGNS.items():
        if re.search(sign, message, re.IGNORECASE):
            return kind
    return "other"


def from_os_error(error: OSError, source: str) -> Unavailable:
    """An error of the file system as the reason why a source has no song."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    kind = "disk full" if full else "deleted" if error.errno == errno.ENOENT else "other"
    return Unavailable(f"{error.strerror or error}: {source}", kind)
