"""Makes songs for visitors of the page: bounds, and a sentence for every failure."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from app.page.requests import Refused, refuse_on_error
from musicregion.generation import songs
from musicregion.generation.order import Order
from musicregion.generation.songs import NewSong

NEW_SONG = 10, 120  # seconds, at least and at most


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
