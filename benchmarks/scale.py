"""`python -m benchmarks.scale`: what 1,000, 100,000 and 10 million songs would cost.

Measured on this machine: throughput of the stages segment and mfcc on a fixed hour of games
(`make games`), on a Dask cluster of 1 and 2 workers beside joblib's processes; what a task costs
that does nothing; memory and time of each stage on all of games; and DVC with 10,000 small files.
From these a model that is linear in the number of songs. Writes benchmarks/results/scale.json.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.dvc_files import dvc_files
from benchmarks.extract import GAMES, HOUR, lay_out, sample
from benchmarks.measure import measure
from musicregion.audio.files import AUDIO
from musicregion.audio.metadata import read_duration
from musicregion.command import run
from musicregion.errors import InputError
from tests.servers import dask

RESULT = Path("benchmarks/results/scale.json")
TASKS = 2000  # that do nothing
NOTHING = f"""
import time
from stages import parallel
list(parallel.each(len, [("a",)] * 8, "warm"))
start = time.perf_counter()
list(parallel.each(len, [("a",)] * {TASKS}, "nothing"))
print("per task", (time.perf_counter() - start) / {TASKS})
"""
STAGES = ("segment", "mfcc", "fingerprint")
SIZES = (1_000, 100_000, 10_000_000)  # songs
MEMORY = 24  # GB


def work(files: list[Path], folder: Path) -> Path:
    """A folder in which stages can run; workers want the code in it."""
    lay_out(folder, files)
    shutil.copytree("stages", folder / "stages", dirs_exist_ok=True)
    return folder


def throughput(files: list[Path], engine: str, workers: int) -> dict:
    """Seconds for segment and mfcc of some files, and seconds for a task that does nothing."""
    words = [sys.executable, "-m"]
    with tempfile.TemporaryDirectory(dir="data") as name:
        folder = work(files, Path(name))
        costs = [measure([*words, f"stages.{stage}"], folder, workers) for stage in STAGES[:2]]
        empty = measure([sys.executable, "-c", NOTHING], folder, workers)
    seconds = sum(cost.seconds for cost in costs)
    return {
        "engine": engine,
        "workers": workers,
        "seconds": round(seconds, 1),
        "songs_an_hour": round(len(files) / seconds * 3600),
        "times_real_time": round(sum(map(read_duration, files)) / seconds),
        "task_ms": round(1000 * float(empty.output.split("per task")[1]), 2),
    }


def on_dask(files: list[Path], workers: int) -> dict:
    """As `throughput`, on a cluster of so many workers of one thread."""
    with tempfile.TemporaryDirectory() as name, dask(Path(name), workers) as cluster:
        os.environ["DASK_SCHEDULER_ADDRESS"] = cluster.address
        try:
            return throughput(files, "dask", workers)
        finally:
            del os.environ["DASK_SCHEDULER_ADDRESS"]


def whole(files: list[Path]) -> list[dict]:
    """Each stage on all files: seconds, peak memory, bytes and files written, for one song."""
    rows, known = [], 0
    with tempfile.TemporaryDirectory(dir="data") as name:
        folder = work(files, Path(name))
        for stage in STAGES:
            cost = measure([sys.executable, "-m", f"stages.{stage}"], folder)
            written = [path for path in (folder / "data").rglob("*") if path.is_file()]
            total = sum(path.stat().st_size for path in written)
            row = {"stage": stage, "ms": round(1000 * cost.seconds / len(files), 1)}
            row |= {"peak_mb": round(cost.peak_mb), "mb_on_disk": (total - known) / 1e6}
            rows.append(row | {"mb_on_disk": round((total - known) / 1e6 / len(files), 3)})
            known = total
    return rows


def projected(measured: dict, songs: int) -> dict:
    """What so many songs cost with 2 workers, by the costs of one song."""
    stages = {row["stage"]: row for row in measured["stages"]}
    files = measured["dvc"]
    count = measured["songs"]
    each_ms = sum(row["ms"] for row in stages.values())
    landmarks = stages["fingerprint"]["peak_mb"] / count  # MB a song
    features = stages["mfcc"]["mb_on_disk"]  # MB a song
    return {
        "songs": songs,
        "compute_h": each_ms * songs / 3.6e6,
        "scheduling_h": measured["throughput"][-1]["task_ms"] * 3 * songs / 3.6e6,
        "segments_gb": stages["segment"]["mb_on_disk"] * songs / 1e3,
        "features_gb": features * songs / 1e3,
        "fingerprint_memory_gb": landmarks * songs / 1e3,
        "training_memory_gb": 2
        * features
        * songs
        / 1e3,  # the array, and the copy that is shuffled
        "files": 2 * songs,  # the song and its segments
        "dvc_add_h": files["add_s"] / files["files"] * 2 * songs / 3600,
        "dvc_push_h": files["push_s"] / files["files"] * 2 * songs / 3600,
        "dvc_checkout_h": files["checkout_s"] / files["files"] * 2 * songs / 3600,
        "dvc_status_min": files["status_s"] / files["files"] * 2 * songs / 60,
    }


def limits(row: dict) -> dict[str, float]:
    """How many songs fit in memory, for each thing that grows with them."""
    names = ("fingerprint_memory_gb", "training_memory_gb")
    return {name: MEMORY / row[name] * row["songs"] for name in names}


def main() -> None:
    files = sorted(path for path in GAMES.rglob("*") if path.suffix in AUDIO)
    if not files:
        raise InputError(f"{GAMES}: not found. `make games` fetches it.")
    hour = sample(files, HOUR)
    rows = [throughput(hour, "joblib", 1), on_dask(hour, 1)]
    rows += [throughput(hour, "joblib", 2), on_dask(hour, 2)]
    print(pd.DataFrame(rows).to_string(index=False), "\n")
    measured = {"songs": len(files), "throughput": rows, "stages": whole(files)}
    print(pd.DataFrame(measured["stages"]).to_string(index=False), "\n")
    measured["dvc"] = dvc_files()
    print(pd.DataFrame([measured["dvc"]]).to_string(index=False), "\n")
    model = [projected(measured, songs) for songs in SIZES]
    measured["model"] = [{name: float(f"{x:.3g}") for name, x in row.items()} for row in model]
    measured["songs_in_memory"] = {name: round(x) for name, x in limits(model[0]).items()}
    print(pd.DataFrame(measured["model"]).set_index("songs").T.to_string(), "\n")
    print(measured["songs_in_memory"])
    RESULT.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    run(main)
