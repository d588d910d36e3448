"""`python -m benchmarks.cluster_tasks <count>`: what benchmarks.cluster runs on workers.

The command is the client that is killed: small tasks whose results are stored as songs' are.
"""

import os
import sys
from pathlib import Path

import numpy as np
import soundfile

from musicregion.audio.segmenting import segment_song
from musicregion.command import run
from musicregion.config.feature_sections import Mfcc
from musicregion.config.sections import Segment
from musicregion.features.front_end import FrontEnd
from musicregion.features.spectral import mfcc
from musicregion.storage.stored_tasks import map_stored

STARTED = Path("started.txt")  # the number of each small task that was started, one a line
SIZE = 100  # numbers that a small task returns


def segment_and_analyse(
    source: Path, target: Path, segment: Segment, front_end: FrontEnd, settings: Mfcc
) -> np.ndarray:
    """What the stages segment and features do with a song: [segment, time, coefficient]."""
    rows = segment_song(source, target, segment)
    windows = np.split(soundfile.read(target, dtype="float32")[0], len(rows))
    return np.stack([mfcc(window, front_end, settings) for window in windows])


def note_and_multiply(number: int) -> np.ndarray:
    """A small task, which leaves a line that it was started."""
    log = os.open(STARTED, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{number}\n".encode())  # in one piece, beside those of other processes
    os.close(log)
    return number * np.arange(SIZE)


def main() -> None:
    count = int(sys.argv[1])
    keys, items = [f"task {number}" for number in range(count)], [(n,) for n in range(count)]
    results = map_stored(note_and_multiply, keys, items, "small tasks")
    correct = [
        np.array_equal(result, number * np.arange(SIZE)) for number, result in enumerate(results)
    ]
    print(sum(correct), "correct results")


if __name__ == "__main__":
    run(main)
