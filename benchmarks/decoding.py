"""`python -m benchmarks.decoding files.txt`: decoding alone, the floor under every extraction.

The product's decoder and worker processes, mono at 22,050 Hz; the samples are thrown away.
"""

import sys
from pathlib import Path

from musicregion.audio.decode import decode
from musicregion.compute import parallel

RATE = 22_050


def count(path: Path) -> int:
    return sum(len(block) for block in decode(path, RATE))


def main() -> None:
    files = [Path(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    samples = sum(parallel.map_songs(count, [(path,) for path in files], "decode"))
    print(f"{samples / RATE:.0f} s")


if __name__ == "__main__":
    import benchmarks.decoding

    benchmarks.decoding.main()  # by this name, for worker processes to import
