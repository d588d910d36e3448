"""Predicts and makes songs for visitors of the page: bounds, and a sentence for every failure."""

import html
import itertools
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from musicregion.compute import isolated
from musicregion.errors import TaskDied, Unavailable, Undecodable
from musicregion.generation import songs
from musicregion.generation.order import Order
from musicregion.generation.songs import NewSong
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction

MEGABYTES = 50  # of an upload; each 1,048,576 bytes
UPLOADS = 1000  # such megabytes of all uploads on disk: twenty of the largest in ten minutes
MINUTES = 20  # of a song
SECONDS = 60  # for a prediction
NEW_SONG = 10, 120  # seconds, at least and at most
WAITING = 64  # visitors in the queue, at most


class Refused(Exception):
    """A request that fails; the text is a sentence for the visitor."""

    def html(self) -> str:
        """The text as the page shows it."""
        return f'<div class="verdict refused"><small>{html.escape(str(self))}</small></div>'


@contextmanager
def refuse_on_error() -> Iterator[None]:
    """Turn whatever the block raises into Refused."""
    try:
        yield
    except Unavailable as error:
        raise Refused(public_message(error)) from None
    except (Undecodable, TaskDied) as error:
        raise Refused(f"This song has no prediction: {error}.") from None
    except MemoryError:
        raise Refused("This song has no prediction: it needs too much memory.") from None
    except Exception:  # the page goes on; its owner reads what happened
        traceback.print_exc()
        raise Refused("Something went wrong on this page's computer. Please try again.") from None


def predict_upload(folder: Path, song: Path) -> SongPrediction:
    """Predict an uploaded song with the model in a folder.

    Raises:
        Refused: there is no prediction.
    """
    with refuse_on_error():
        return isolated.call_isolated(predict_file, folder, song, MINUTES * 60, seconds=SECONDS)


def predict_link(folder: Path, link: str) -> SongPrediction:
    """Predict the song behind a link with the model in a folder.

    Raises:
        Refused: there is no prediction.
    """
    from app import public_links

    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("Please give a whole link, which begins with http:// or https://.")
    with refuse_on_error(), tempfile.TemporaryDirectory(prefix="song-") as temporary:
        bounds = MINUTES * 60, MEGABYTES
        return isolated.call_isolated(
            public_links.predict_public_link,
            folder,
            link,
            Path(temporary),
            *bounds,
            seconds=SECONDS,
        )


def public_message(error: Unavailable) -> str:
    """The reason, without what concerns only the server."""
    reasons = {
        "too long": f"The song is longer than {MINUTES} minutes, or a live stream.",
        "too large": f"The song has more than {MEGABYTES} MB.",
        "no audio": "There is no song behind that link.",
        "deleted": "There is nothing behind that link any more.",
        "private": "The song behind that link is private.",
        "sign-in": "The song behind that link is for members only.",
    }
    if "not public" in str(error):
        return "That link leads into a private network, which this page does not enter."
    return reasons.get(error.kind, "The song behind that link cannot be fetched.")


def make_song(
    order: Order, writer: dict, folder: Path, on_try: Callable[[int, int], None]
) -> Iterator[NewSong]:
    """Make a song in a folder below `folder`; it lasts until the caller asks for the next one.

    writer: the composer's card. on_try: called with the number of tries done, and of all.

    Raises:
        Refused: the song cannot be made.
    """
    shortest, longest = NEW_SONG  # a visitor may bypass the page's slider
    if not shortest <= order.seconds <= longest or order.region not in writer["regions"]:
        raise Refused(
            f"A new song is for a region of the list, and from {shortest} to {longest} s long."
        )
    done = itertools.count(1)
    with refuse_on_error(), tempfile.TemporaryDirectory(dir=folder) as temporary:
        yield from songs.make_songs(
            order, writer, 1, songs.TRIES, Path(temporary), lambda: on_try(next(done), songs.TRIES)
        )
