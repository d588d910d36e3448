"""`python -m benchmarks.decoding files.txt`: decoding alone, the lower bound of any extraction.

Uses the product's decoder and worker processes, mono at 22,050 Hz, and discards the samples.
"""

import sys
from pathlib import Path

from benchmarks.tasks import map_all
from musicregion.audio.decode import decode
from musicregion.command import run

RATE = 22_050  # Hz


def count_samples(path: Path) -> int:
    return sum(len(block) for block in decode(path, RATE))


def main() -> None:
    songs = [Path(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    samples = sum(map_all(count_samples, [(path,) for path in songs], "decode"))
    print(f"{samples / RATE:.0f} s")


if __name__ == "__main__":
    import benchmarks.decoding

    run(benchmarks.decoding.main)  # worker processes import count_samples by this name
