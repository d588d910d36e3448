"""`python -m benchmarks.tutorial files.txt data.json segment`: MFCC as tutorials extract them.

librosa.load and librosa.feature.mfcc for each segment, in one process, everything in lists, then
json.dump: the way of the well-known music genre tutorials. With `song` as the last word, each
file is loaded once and cut in memory. benchmarks.extract compares with both.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from musicregion.command import run

RATE, SECONDS = 22_050, 10


def segments(path: str) -> Iterator[np.ndarray]:
    """Every whole segment of a song, float32 [sample]."""
    import librosa

    if sys.argv[3] == "song":
        signal, _ = librosa.load(path, sr=RATE)
        for start in range(0, len(signal) - RATE * SECONDS + 1, RATE * SECONDS):
            yield signal[start : start + RATE * SECONDS]
        return
    for number in range(int(librosa.get_duration(path=path) // SECONDS)):
        yield librosa.load(path, sr=RATE, offset=number * SECONDS, duration=SECONDS)[0]


def main() -> None:
    import librosa

    data = {"mapping": [], "labels": [], "mfcc": []}
    for line in Path(sys.argv[1]).read_text().splitlines():
        region = Path(line).parent.name
        if region not in data["mapping"]:
            data["mapping"].append(region)
        for signal in segments(line):
            mfcc = librosa.feature.mfcc(y=signal, sr=RATE, n_mfcc=13, n_fft=2048, hop_length=512)
            data["labels"].append(data["mapping"].index(region))
            data["mfcc"].append(mfcc.T.tolist())
    with Path(sys.argv[2]).open("w") as file:
        json.dump(data, file, indent=4)


if __name__ == "__main__":
    run(main)
