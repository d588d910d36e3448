"""`python -m benchmarks.tutorial files.txt data.json segment`: MFCC the way tutorials extract them.

Follows the well-known music genre tutorials: librosa.load and librosa.feature.mfcc for each segment
in one process, all values in lists, then json.dump. With `song` as the last argument, each file is
loaded once and cut in memory. benchmarks.extract compares with both.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from musicregion.command import run

RATE, SECONDS = 22_050, 10  # Hz, and the length of a segment


def load_segments(path: str, unit: str) -> Iterator[np.ndarray]:
    """Every whole segment of a song, float32 [sample]. unit: what is loaded at a time."""
    import librosa

    if unit == "song":
        signal, _ = librosa.load(path, sr=RATE)
        for start in range(0, len(signal) - RATE * SECONDS + 1, RATE * SECONDS):
            yield signal[start : start + RATE * SECONDS]
        return
    for number in range(int(librosa.get_duration(path=path) // SECONDS)):
        yield librosa.load(path, sr=RATE, offset=number * SECONDS, duration=SECONDS)[0]


def main() -> None:
    import librosa

    files, target, unit = sys.argv[1:]
    data: dict[str, list] = {"mapping": [], "labels": [], "mfcc": []}
    for path in Path(files).read_text().splitlines():
        region = Path(path).parent.name
        if region not in data["mapping"]:
            data["mapping"].append(region)
        for signal in load_segments(path, unit):
            mfcc = librosa.feature.mfcc(y=signal, sr=RATE, n_mfcc=13, n_fft=2048, hop_length=512)
            data["labels"].append(data["mapping"].index(region))
            data["mfcc"].append(mfcc.T.tolist())
    with Path(target).open("w") as file:
        json.dump(data, file, indent=4)


if __name__ == "__main__":
    run(main)
