"""`python -m benchmarks.scale`: what 1,000, 100,000 and 10 million songs would cost.

Measured on this machine: throughput of the stages segment and features on a fixed hour of games
(`make games`), on a Dask cluster of 1 and 2 workers and with joblib's processes; the cost of an
empty task; memory and time of each stage on all of games; and DVC with 10,000 small files. The
memory of training is that of benchmarks.training_memory. From these a model of the costs of any
number of songs. Writes benchmarks/results/scale.json.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import games, training_memory
from benchmarks.dask_servers import dask_servers, on_cluster
from benchmarks.dvc_files import measure_dvc
from benchmarks.measure import measure
from benchmarks.report import RESULTS, print_source, read_rows, write_json
from benchmarks.scale_model import project, songs_in_memory
from benchmarks.stage_costs import (
    COMMANDS,
    data_files,
    lay_out,
    measure_audio_stages,
    measure_stage,
)
from musicregion.audio.metadata import read_duration
from musicregion.command import run

RESULT = RESULTS / "scale.json"
SAMPLE = 3600  # seconds of songs
WORKERS = (1, 2)
EMPTY_TASKS = 2000
TIME_EMPTY_TASKS = """
import sys, time
from musicregion.compute import parallel
count = int(sys.argv[1])
list(parallel.map_songs(len, [("a",)] * 8, "warm up"))
start = time.perf_counter()
list(parallel.map_songs(len, [("a",)] * count, "empty tasks"))
print("seconds per task", (time.perf_counter() - start) / count)
"""
SIZES = (1_000, 100_000, 10_000_000)  # songs


def lay_out_with_code(songs: list[Path], folder: Path) -> Path:
    """A folder in which stages can run, on a cluster too: workers import the code in it."""
    lay_out(folder, songs)
    for package in ("musicregion", "stages"):
        shutil.copytree(package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def measure_throughput(songs: list[Path], engine: str, workers: int) -> dict:
    """Seconds for segment and MFCC of some songs, and for an empty task."""
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = lay_out_with_code(songs, Path(temporary))
        costs = measure_audio_stages(folder, workers).values()
        command = [sys.executable, "-c", TIME_EMPTY_TASKS, str(EMPTY_TASKS)]
        output = measure(command, folder, workers).output
    seconds = sum(cost.seconds for cost in costs)
    return {
        "engine": engine,
        "workers": workers,
        "seconds": round(seconds, 1),
        "songs_an_hour": round(len(songs) / seconds * 3600),
        "times_real_time": round(sum(map(read_duration, songs)) / seconds),
        "task_ms": round(1000 * float(output.split("seconds per task")[1]), 2),
    }


def measure_throughput_on_dask(songs: list[Path], workers: int) -> dict:
    """As `measure_throughput`, on a cluster of so many workers of one thread."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        dask_servers(Path(temporary), workers) as dask,
        on_cluster(dask.address),
    ):
        return measure_throughput(songs, "dask", workers)


def measure_all_songs(songs: list[Path]) -> list[dict]:
    """Each stage on all songs: milliseconds and MB written for one song, and peak MB."""
    rows, before = [], 0  # bytes
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = lay_out_with_code(songs, Path(temporary))
        for stage in COMMANDS:
            cost = measure_stage(stage, folder)
            total = sum(path.stat().st_size for path in data_files(folder))
            row = {"stage": stage, "ms": round(1000 * cost.seconds / len(songs), 1)}
            row |= {"peak_mb": round(cost.peak_mb)}
            rows.append(row | {"mb_on_disk": round((total - before) / 1e6 / len(songs), 3)})
            before = total
    return rows


def main() -> None:
    songs = games.require_songs()
    sample = games.choose_sample(songs, SAMPLE)
    rows = []
    for workers in WORKERS:
        rows.append(measure_throughput(sample, "joblib", workers))
        rows.append(measure_throughput_on_dask(sample, workers))
    print(pd.DataFrame(rows).to_string(index=False), "\n")
    measured = {"songs": len(songs), "throughput": rows, "stages": measure_all_songs(songs)}
    print(pd.DataFrame(measured["stages"]).to_string(index=False), "\n")
    measured["dvc"] = measure_dvc()
    print(pd.DataFrame([measured["dvc"]]).to_string(index=False), "\n")
    measured["training_mb"] = training_memory.mb_per_song(read_rows(training_memory.TABLE))
    model = [project(measured, count) for count in SIZES]
    measured["model"] = [{name: float(f"{x:.3g}") for name, x in row.items()} for row in model]
    measured["songs_in_memory"] = {name: round(x) for name, x in songs_in_memory(model[0]).items()}
    print(pd.DataFrame(measured["model"]).set_index("songs").T.to_string(), "\n")
    print("songs that fit in memory:", measured["songs_in_memory"])
    write_json(RESULT, measured, indent=1)
    print_source("scale", RESULT)


if __name__ == "__main__":
    run(main)
