"""What a visitor of the page may ask: the bounds, and a sentence for everything that goes wrong."""

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
MINUTES = 20  # of a song
SECONDS = 60  # that an answer may take
NEW_SONG = 10, 120  # seconds, at least and at most
WAITING = 64  # visitors in the queue, at most


class Refused(Exception):
    """There is no answer; the text is for the visitor."""

    def html(self) -> str:
        """The text as the page shows it."""
        return f'<div class="verdict refused"><small>{html.escape(str(self))}</small></div>'


@contextmanager
def refuse_on_error() -> Iterator[None]:
    """Whatever is raised in the block becomes Refused."""
    try:
        yield
    except Unavailable as error:
        raise Refused(public_message(error)) from None
    except (Undecodable, TaskDied) as error:
        raise Refused(f"That cannot be heard: {error}.") from None
    except MemoryError:
        raise Refused("That cannot be heard: it wants more memory than a song may take.") from None
    except Exception:  # the page goes on; whoever runs it reads what happened
        traceback.print_exc()
        raise Refused("Something went wrong on this page's computer. Please try again.") from None


def predict_upload(folder: Path, song: Path) -> SongPrediction:
    """What the model in a folder says of an uploaded song.

    Raises:
        Refused: why not.
    """
    with refuse_on_error():
        return isolated.call_isolated(predict_file, folder, song, MINUTES * 60, seconds=SECONDS)


def predict_link(folder: Path, link: str) -> SongPrediction:
    """The same of the song behind a link."""
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
    """The reason without what only concerns the server."""
    reasons = {
        "too long": f"The song is longer than {MINUTES} minutes, or a live stream.",
        "too large": f"The song has more than {MEGABYTES} MB.",
        "no audio": "There is no song behind that link.",
        "deleted": "There is nothing behind that link any more.",
        "private": "The song behind that link is private.",
        "sign-in": "The song behind that link is for members alone.",
    }
    if "not public" in str(error):
        return "That link leads into a private network, where this page does not go."
    return reasons.get(error.kind, "The song behind that link cannot be fetched.")


def make_song(
    order: Order, writer: dict, folder: Path, tell: Callable[[int, int], None]
) -> Iterator[NewSong]:
    """A new song in a folder below `folder`, which lasts until the caller asks for another.

    writer: the composer's card. tell: called with the number of tries that are done, and of all.

    Raises:
        Refused: why not.
    """
    shortest, longest = NEW_SONG  # whoever bypasses the page's slider is asked here
    if not shortest <= order.seconds <= longest or order.region not in writer["regions"]:
        raise Refused(f"A new song is of a region of the list, and {shortest} to {longest} s long.")
    done = itertools.count(1)
    with refuse_on_error(), tempfile.TemporaryDirectory(dir=folder) as temporary:
        yield from songs.make_songs(
            order, writer, 1, True, Path(temporary), lambda: tell(next(done), songs.TRIES)
        )
