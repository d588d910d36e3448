"""Predicts many songs of one visitor, so that other visitors' songs come in between."""

import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from pathlib import Path

from app import prediction_formats
from app.page.requests import BATCH, Refused
from app.prediction_formats import Result
from musicregion.inference.prediction import SongPrediction

TOO_MANY = f"Not predicted: it is beyond the {BATCH} songs that can be sent at once."


def predict_batch(
    songs: list[Path],
    predict: Callable[[Path], SongPrediction],
    pool: ThreadPoolExecutor,
    at_once: int,
) -> Iterator[tuple[int, Result]]:
    """Yield the number of each song, from 0, and its result, as soon as there is one.

    pool: that predicts the songs of all visitors, first come, first served. at_once: how many songs
    of this batch are in it, at most: a song that comes later waits for no more than these.
    """
    for number, song in enumerate(songs[BATCH:], BATCH):
        yield number, (song.name, TOO_MANY)
    waiting = dict(enumerate(songs[:BATCH]))
    running: dict[Future, tuple[int, Path]] = {}
    try:
        while waiting or running:
            for number in list(islice(waiting, at_once - len(running))):
                song = waiting.pop(number)
                running[pool.submit(predict, song)] = number, song
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                number, song = running.pop(future)
                yield number, (song.name, prediction_or_reason(future))
            for song in waiting.values():
                with suppress(FileNotFoundError):  # its prediction will say so
                    os.utime(song)  # uploads are deleted some time after they were last changed
    finally:
        for future in running:
            future.cancel()


def prediction_or_reason(future: "Future[SongPrediction]") -> SongPrediction | str:
    """What a finished task predicted, or the sentence that says why it did not."""
    try:
        return future.result()
    except Refused as refused:
        return str(refused)


def batch_csv(results: list[Result], regions: list[str]) -> str:
    """The table that `musicregion predict --csv` prints. regions: of the model."""
    file = io.StringIO()
    prediction_formats.write_csv(results, regions, file)
    return file.getvalue()
