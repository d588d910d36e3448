"""Predicts songs for visitors of the page: bounds, and a sentence for every failure."""

import html
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from musicregion.compute import isolated
from musicregion.compute.task_process import TaskProcess
from musicregion.errors import TaskDied, Unavailable, Undecodable
from musicregion.inference.examine_file import examine_file
from musicregion.inference.examined_song import ExaminedSong
from musicregion.inference.predict_file import predict_file
from musicregion.inference.predict_samples import predict_samples
from musicregion.inference.prediction import SongPrediction

if TYPE_CHECKING:
    from musicregion.inference.predict_window import WindowPrediction

MEGABYTES = 50  # of an upload; each 1,048,576 bytes
UPLOADS = 1000  # such megabytes of all uploads on disk: twenty of the largest in ten minutes
MINUTES = 20  # of a song
SECONDS = 60  # for a prediction
WAITING = 64  # visitors in the queue, at most
BATCH = 100  # songs that one visitor sends at once, at most
BATCHES = 4  # that are worked on at the same time; others wait in the queue


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


def predict_microphone(
    process: TaskProcess, folder: Path, samples: np.ndarray, rate: int
) -> "WindowPrediction":
    """Predict the last samples of a microphone (int16, at `rate` Hz) in a process that stays.

    Raises:
        Refused: there is no prediction.
    """
    with refuse_on_error():
        return process.call(predict_samples, folder, samples, rate, seconds=SECONDS)


def examine_upload(folder: Path, song: Path) -> ExaminedSong:
    """Predict an uploaded song with the model in a folder, and draw it.

    Raises:
        Refused: there is no prediction.
    """
    with refuse_on_error():
        return isolated.call_isolated(examine_file, folder, song, MINUTES * 60, seconds=SECONDS)


def examine_link(folder: Path, link: str) -> ExaminedSong:
    """Predict and draw the song behind a link with the model in a folder.

    Raises:
        Refused: there is no prediction.
    """
    from app.page import public_links

    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("Please give a whole link, which begins with http:// or https://.")
    with refuse_on_error(), tempfile.TemporaryDirectory(prefix="song-") as temporary:
        bounds = MINUTES * 60, MEGABYTES
        return isolated.call_isolated(
            public_links.examine_public_link,
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
