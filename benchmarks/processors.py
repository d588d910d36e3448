"""`python -m benchmarks.processors`: how many of musicnn's activations depend on the processor?

Computes the activations of a few segments of data/segments on this processor, and again as two
older ones, which qemu-x86_64 emulates (`apt-get install qemu-user`; a minute each). Counts those
that differ after rounding, for several steps. Writes benchmarks/results/processors.json.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.report import RESULTS, print_source, write_json
from musicregion.audio.rounding import round_to
from musicregion.audio.windows import read_windows
from musicregion.command import run
from musicregion.config import params
from musicregion.features import musicnn
from musicregion.storage import paths, tables

RESULT = RESULTS / "processors.json"
EMULATOR = "qemu-x86_64"
PROCESSORS = {"Haswell": "AVX2", "Nehalem": "SSE4.2"}  # and their vector instructions
SEGMENTS = 4  # of which one patch each is computed
STEPS = [2.0**exponent for exponent in (-4, -5, -6, -7, -8, -10)]


def choose_windows() -> np.ndarray:
    """Segments spread evenly over the corpus, [segment, sample]."""
    segments = tables.SEGMENTS.read()
    counts = segments.groupby("song").size()
    chosen = segments.iloc[np.linspace(0, len(segments) - 1, SEGMENTS).round().astype(int)]
    windows = []
    for row in chosen.to_dict("records"):
        path = paths.SEGMENT_FLACS / row["region"] / f"{row['song']}.flac"
        for index, (window, _) in enumerate(read_windows(path, counts[row["song"]])):
            if index == row["index"]:
                windows.append(window)
    return np.stack(windows)


def compute_activations(folder: Path, network: Path, *emulator: str) -> np.ndarray:
    """Activations of the windows in a folder, [segment, channel], before they are rounded."""
    file = folder / "activations.npy"
    command = [sys.executable, "-m", "benchmarks.unrounded_activations", str(folder), str(network)]
    subprocess.run([*emulator, *command, str(file)], check=True)
    return np.load(file)


def compare(here: np.ndarray, other: np.ndarray, processor: str) -> list[dict]:
    """A row for each step.

    expected: the share that would differ in many more values, as a difference crosses the edge
    between two steps with a probability of its size in steps.
    """
    difference = np.abs(here.astype("float64") - other)
    return [
        {
            "processor": processor,
            "instructions": PROCESSORS[processor],
            "step": step,
            "differ": int((round_to(here, step) != round_to(other, step)).sum()),
            "expected": float(difference.mean() / step),
            "largest_difference": float(difference.max()),
        }
        for step in STEPS
    ]


def main() -> None:
    settings = params.load_for_command(__doc__)
    if not shutil.which(EMULATOR):
        print(
            f"{EMULATOR} is not installed, so that other processors cannot be emulated: "
            "`apt-get install qemu-user`."
        )
        return
    network = musicnn.make_network(settings.musicnn)
    windows = choose_windows()
    front_end = musicnn.musicnn_front_end(
        settings.segment.sample_rate, windows.shape[1], settings.musicnn
    )
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        np.save(folder / "windows.npy", windows)
        front_end.save(paths.features_front_end("musicnn", folder))
        here = compute_activations(folder, network)
        for processor in PROCESSORS:
            other = compute_activations(folder, network, EMULATOR, "-cpu", processor)
            rows += compare(here, other, processor)
    print(pd.DataFrame(rows).to_string(index=False))
    print(f"{here.size} activations; the features are rounded to {musicnn.STEP}.")
    write_json(RESULT, {"activations": here.size, "step": musicnn.STEP, "rows": rows})
    print_source("processors", RESULT)


if __name__ == "__main__":
    run(main)
