"""`python -m benchmarks.page`: how long do 50 visitors at once wait, and is any answer lost?

Starts `musicregion web` with the model in models/ (`dvc repro`). For two minutes each visitor
uploads a song of data/raw, waits for its region, and uploads the next. An answer counts as another
song's if its probabilities are not those of `musicregion predict`. Page and visitors share the
machine. Writes benchmarks/results/page.json.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from benchmarks.dask_servers import free_port
from benchmarks.page_visitor import Lost, find_function, predict
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.errors import InputError
from musicregion.inference.predict_file import predict_file
from musicregion.storage import tables
from musicregion.storage.paths import MODELS

RESULT = RESULTS / "page.json"
VISITORS, SECONDS = 50, 120
SONGS = 10  # different ones
START = 60  # seconds that the page may take to start
DIGITS = 4  # of a probability that must be equal


@dataclass(frozen=True)
class Answer:
    """What came of an upload."""

    seconds: float
    failure: str  # "" if there is none
    mixed_up: bool


@contextmanager
def serving(model: Path) -> Iterator[str]:
    """The page for the time of a block; yields its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    start = "from app.command_line import main; main()"
    words = [sys.executable, "-c", start, "web", "--port", str(port), "--model", str(model)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, **quiet) as process:
        try:
            end = time.monotonic() + START
            while True:
                try:
                    urllib.request.urlopen(url, timeout=5).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > end:
                        raise
                    time.sleep(0.2)
            yield url
        finally:
            process.terminate()


def shown_probabilities(outputs: list) -> dict[str, float]:
    """The probabilities by region among what the page shows; empty if it shows none."""
    for output in outputs:
        if isinstance(output, dict) and "confidences" in output:
            return {row["label"]: row["confidence"] for row in output["confidences"]}
    return {}


def visit(
    url: str, function: int, songs: list[Path], expected: dict[Path, dict[str, float]], end: float
) -> list[Answer]:
    """One visitor: uploads songs in turn until a time. expected: their probabilities by region."""
    answers = []
    for song in cycle(songs):
        if (start := time.monotonic()) > end:
            return answers
        failure, shown = "", {}
        try:
            shown = shown_probabilities(predict(url, song, function))
        except (OSError, Lost) as error:
            failure = f"{type(error).__name__}: {error}"
        if not failure and not shown:
            failure = "no probabilities"
        mixed_up = any(
            round(value, DIGITS) != round(expected[song][region], DIGITS)
            for region, value in shown.items()
        )
        answers.append(Answer(time.monotonic() - start, failure, mixed_up))
    return answers


def choose_songs() -> list[Path]:
    """Songs of data/raw, of all regions in turn.

    Raises:
        InputError: there are none.
    """
    songs = tables.SONGS.read()
    songs = songs[songs["status"] == "ok"]
    turn = songs.groupby("region").cumcount()
    paths = [Path(path) for path in songs.loc[turn.sort_values(kind="stable").index, "path"]]
    chosen = list(islice((path for path in paths if path.is_file()), SONGS))
    if not chosen:
        raise InputError("data/raw: no songs there. `dvc repro` makes them.")
    return chosen


def main() -> None:
    songs = choose_songs()
    expected = {song: predict_file(MODELS, song).probabilities for song in songs}
    with serving(MODELS) as url, ThreadPoolExecutor(VISITORS) as pool:
        function = find_function(url, "song", "change")
        predict(url, songs[0], function)  # the first one waits for imports
        start = time.monotonic()
        turns = [
            songs[number % len(songs) :] + songs[: number % len(songs)]
            for number in range(VISITORS)
        ]
        visits = list(
            pool.map(partial(visit, url, function, expected=expected, end=start + SECONDS), turns)
        )
        seconds = time.monotonic() - start
    answers = [answer for of_visitor in visits for answer in of_visitor]
    times = [answer.seconds for answer in answers]
    failures = [answer.failure for answer in answers if answer.failure]
    result = {
        "visitors": VISITORS,
        "cores": os.cpu_count(),
        "songs": len(songs),
        "seconds": round(seconds, 1),
        "answers": len(answers),
        "answers_a_second": round(len(answers) / seconds, 2),
        "fewest_of_a_visitor": min(map(len, visits)),
        "p50": round(float(np.percentile(times, 50)), 2),
        "p95": round(float(np.percentile(times, 95)), 2),
        "longest": round(max(times), 2),
        "failures": len(failures),
        "mixed_up": sum(answer.mixed_up for answer in answers),
    }
    for failure in sorted(set(failures)):
        print(f"{failures.count(failure)} times: {failure}")
    print_table(["figure", "value"], result.items())
    write_json(RESULT, result, indent=1)
    print_source("page", RESULT)


if __name__ == "__main__":
    run(main)
