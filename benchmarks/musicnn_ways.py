"""musicnn's features: the stage features, and the same network in TensorFlow; see extract."""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.measure import Cost, measure
from benchmarks.stage_costs import lay_out, measure_stage
from musicregion.audio.metadata import read_duration
from musicregion.storage.paths import MUSICNN_WEIGHTS, features_array, song_results_folder

TENSORFLOW = Path("tensorflow.npy")


def measure_tensorflow(folder: Path) -> Cost:
    """One process, in which TensorFlow uses all cores."""
    command = [sys.executable, "-m", "benchmarks.musicnn_tensorflow", str(TENSORFLOW)]
    return measure(command, folder)


def compare_arrays(folder: Path) -> dict[str, float]:
    """How far apart the features are that both ways have written."""
    ours = np.load(folder / features_array("musicnn"), mmap_mode="r")
    tensorflow = np.load(folder / TENSORFLOW, mmap_mode="r")
    difference = np.abs(ours - tensorflow)
    return {
        "musicnn_largest_difference": float(difference.max()),
        "musicnn_share_differing": float((difference > 0).mean()),
    }


def compare_musicnn(songs: list[Path], worker_counts: Sequence[int], repeats: int) -> dict:
    """Rows for both ways, medians of runs in turn; and what they differ in."""
    costs: dict[tuple[str, int], list[Cost]] = {}
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        lay_out(folder, songs, "musicnn")
        (folder / MUSICNN_WEIGHTS).parent.mkdir(parents=True)
        shutil.copy(MUSICNN_WEIGHTS, folder / MUSICNN_WEIGHTS)
        measure_stage("segment", folder, worker_counts[-1])
        for _ in range(repeats):
            costs.setdefault(("TensorFlow", 1), []).append(measure_tensorflow(folder))
            for workers in worker_counts:
                shutil.rmtree(folder / song_results_folder().name)
                cost = measure([sys.executable, "-m", "stages.features"], folder, workers)
                costs.setdefault(("ours", workers), []).append(cost)
        differences = compare_arrays(folder)
    seconds = sum(read_duration(path) for path in songs)
    rows = []
    for (way, workers), measured in costs.items():
        wall = statistics.median(cost.seconds for cost in measured)
        peak = statistics.median(cost.peak_mb for cost in measured)
        rows.append({"way": way, "workers": workers, "seconds": wall, "speed": seconds / wall})
        rows[-1]["peak_mb"] = peak
    times = rows[0]["seconds"] / rows[-1]["seconds"]
    result = {"musicnn_sample_s": seconds, "musicnn_times_tensorflow": times}
    return result | differences | {"musicnn": rows}
