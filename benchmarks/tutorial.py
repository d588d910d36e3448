"""`python -m benchmarks.tutorial files.txt data.json`: MFCC as tutorials extract them.

librosa.load and librosa.feature.mfcc for each segment, in one process, everything in lists, then
json.dump: the way of the well-known music genre tutorials. benchmarks.extract compares with it.
"""

import json
import sys
from pathlib import Path

RATE, SECONDS = 22_050, 10


def main() -> None:
    import librosa

    data = {"mapping": [], "labels": [], "mfcc": []}
    length = RATE * SECONDS
    for line in Path(sys.argv[1]).read_text().splitlines():
        region = Path(line).parent.name
        if region not in data["mapping"]:
            data["mapping"].append(region)
        signal, _ = librosa.load(line, sr=RATE)
        for start in range(0, len(signal) - length + 1, length):
            mfcc = librosa.feature.mfcc(
                y=signal[start : start + length], sr=RATE, n_mfcc=13, n_fft=2048, hop_length=512
            )
            data["labels"].append(data["mapping"].index(region))
            data["mfcc"].append(mfcc.T.tolist())
    with Path(sys.argv[2]).open("w") as file:
        json.dump(data, file, indent=4)


if __name__ == "__main__":
    main()
