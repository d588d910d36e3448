"""`python -m benchmarks.cluster`: what a Dask cluster costs, and what is lost when one is killed.

1,000 songs of 10 s, segmented and analysed as MFCC by two workers once they are started: of joblib,
of this project without a cluster, and of Dask. They take turns, and the median of the rounds
counts, since other work on the machine may slow one of them down. Then a worker, the scheduler and
the client are killed at half of 10,000 small tasks. Writes benchmarks/results/cluster.json.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import soundfile

from benchmarks.cluster_kills import KILLED, kill_at_half, lay_out
from benchmarks.cluster_tasks import segment_and_analyse
from benchmarks.dask_servers import dask_servers, on_cluster
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.compute import dask_cluster, parallel
from musicregion.config import params
from musicregion.errors import TaskDied
from musicregion.features.spectral import mfcc_front_end

RESULT = RESULTS / "cluster.json"
WORKERS = 2
ROUNDS, SONGS = 20, 50  # in each round every engine gets so many songs
FILES = 50  # the songs' sources; each is a song of several tasks
RATE, SECONDS, NOTE = 44_100, 10, 0.25  # Hz; seconds of a song, and of a note
START = 8  # songs before those of a round, during which an engine's processes start
TASKS = 10_000
MapTasks = Callable[[Callable, list[tuple], str], Iterator]


def write_song(path: Path, seed: int) -> None:
    """A stereo FLAC of random notes with overtones, and some noise."""
    random = np.random.default_rng(seed)
    time = np.arange(round(RATE * NOTE)) / RATE
    notes = []
    for pitch in 220 * 2 ** (random.integers(0, 25, round(SECONDS / NOTE)) / 12):  # Hz
        overtones = [np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 6)]
        notes.append(sum(overtones) * np.exp(-4 * time))
    wave = 0.3 * np.concatenate(notes)[:, None] + 0.01 * random.standard_normal((1, 2))
    wave = wave + 0.005 * random.standard_normal((len(wave), 2))  # [sample, channel]
    soundfile.write(path, wave, RATE)


def map_with_joblib(task: Callable, items: list[tuple], label: str) -> Iterator:
    """As parallel.map_songs, by joblib alone."""
    pool = joblib.Parallel(WORKERS, return_as="generator")
    yield from pool(joblib.delayed(task)(*item) for item in items)


def map_on_cluster(address: str, task: Callable, items: list[tuple], label: str) -> Iterator:
    """As parallel.map_songs, on a cluster."""
    with on_cluster(address):
        yield from parallel.map_songs(task, items, label)


def seconds_of(map_tasks: MapTasks, items: list[tuple]) -> float:
    """How long an engine takes for all songs but the first START.

    Raises:
        TaskDied: the process of a task crashed or hung.
    """
    for number, result in enumerate(map_tasks(segment_and_analyse, items, "songs"), 1):
        if isinstance(result, TaskDied):
            raise result
        if number == START:
            start = time.perf_counter()
    return time.perf_counter() - start


def measure_engines(folder: Path) -> list[dict]:
    """Every engine's seconds for all songs, and the median of what it adds to joblib's."""
    settings = params.load()
    front_end = mfcc_front_end(
        settings.segment.sample_rate,
        round(settings.segment.window * settings.segment.sample_rate),
        settings.mfcc,
    )
    for number in range(FILES):
        write_song(folder / f"{number}.flac", number)
    items = [
        (
            folder / f"{number % FILES}.flac",
            folder / f"segments {number}.flac",
            *(settings.segment, front_end, settings.mfcc),
        )
        for number in range(START + SONGS)
    ]
    lay_out(folder)
    with chdir(folder), dask_servers(folder, WORKERS) as dask:
        engines: dict[str, MapTasks] = {
            "joblib": map_with_joblib,
            "processes": partial(parallel.map_songs, jobs=WORKERS),
            "Dask": partial(map_on_cluster, dask.address),
        }
        rounds = [
            {name: seconds_of(engines[name], items) for name in np.roll([*engines], number)}
            for number in range(ROUNDS)
        ]
        dask_cluster.connect().close()
        dask_cluster.connect.cache_clear()
    joblib_seconds = np.array([row["joblib"] for row in rounds])
    table = []
    for name in engines:
        seconds = np.array([row[name] for row in rounds])
        low, median, high = np.percentile(seconds / joblib_seconds - 1, (25, 50, 75)).round(3)
        row = {"engine": name, "workers": WORKERS, "songs": ROUNDS * SONGS}
        row |= {"seconds": round(seconds.sum(), 1), "over_joblib": median}
        table.append(row | {"quartiles": [low, high], "rounds": seconds.round(2).tolist()})
    return table


def format_row(row: dict) -> list[str]:
    """A row of the table of engines."""
    cells = [str(row[name]) for name in ("engine", "workers", "songs", "seconds")]
    low, high = row["quartiles"]
    return [*cells, f"{row['over_joblib']:+.0%}", f"{low:+.0%} to {high:+.0%}"]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        engines = measure_engines(Path(temporary))
    print_table(
        ("engine", "workers", "songs", "seconds", "over joblib", "half of rounds"),
        map(format_row, engines),
    )
    kills = [kill_at_half(killed, TASKS) for killed in KILLED]
    print()
    print_table(("killed", "tasks", "runs", "lost", "twice", "in flight"), map(dict.values, kills))
    write_json(RESULT, {"engines": engines, "kills": kills})
    print_source("cluster", RESULT)


if __name__ == "__main__":
    run(main)
