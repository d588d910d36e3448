"""`python -m benchmarks.landmark_ways WAY FOLDER`: one of fingerprint's measurements, as JSON.

WAY: "at once" or "blocks", the ways to compare all songs; "one more", the last song alone; or
"profile". FOLDER: with landmarks.npy and sizes.npy. Pairs are written there.
"""

import cProfile
import json
import pstats
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.landmarks_at_once import match_at_once
from musicregion.audio.landmark_index import build_index
from musicregion.audio.landmark_matching import match_block, match_landmarks
from musicregion.compute import parallel

LARGEST = 8  # functions of the profile


def compare_at_once(folder: Path, sizes: np.ndarray) -> dict[str, float]:
    """All songs, in memory."""
    start = time.perf_counter()
    songs = np.split(np.load(folder / "landmarks.npy"), sizes.cumsum()[:-1])
    pairs = match_at_once(songs)
    seconds = time.perf_counter() - start
    pairs.to_csv(folder / "at once.csv", index=False)
    return {"seconds": seconds, "pairs": len(pairs)}


def compare_in_blocks(folder: Path, sizes: np.ndarray) -> dict[str, float]:
    """All songs, as the stage does."""
    start = time.perf_counter()
    pairs = match_landmarks(folder / "landmarks.npy", sizes, folder / "index")
    seconds = time.perf_counter() - start
    pairs.to_csv(folder / "blocks.csv", index=False)
    return {"seconds": seconds, "pairs": len(pairs)}


def compare_one_more(folder: Path, sizes: np.ndarray) -> dict[str, float]:
    """The index, and then the last song with all others."""
    (folder / "one").mkdir()
    start = time.perf_counter()
    index = build_index(folder / "landmarks.npy", sizes, folder / "one")
    built = time.perf_counter()
    match_block(index, len(sizes) - 1, len(sizes))
    compared = time.perf_counter()
    result = {"index_s": built - start, "one_more_s": compared - built}
    result["index_mb"] = sum(path.stat().st_size for path in index.files) / 1e6
    return result | {"matches": float(index.matches.sum())}


def map_here(task: object, items: Iterable[tuple], *_: object, **__: object) -> Iterator:
    """In place of parallel.map_songs, since a profiler sees one process."""
    return (task(*item) for item in items)


def profile(folder: Path, sizes: np.ndarray) -> dict[str, list]:
    """Where the time goes when one process compares all songs."""
    parallel.map_songs = map_here
    with cProfile.Profile() as profiler:
        match_landmarks(folder / "landmarks.npy", sizes, folder / "index")
    entries = pstats.Stats(profiler).get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1].tottime)[:LARGEST]
    return {
        "profile": [
            {"function": name.strip("<>"), "share": round(entry.tottime / total, 3)}
            for name, entry in largest
        ]
    }


WAYS = {"at once": compare_at_once, "blocks": compare_in_blocks}
WAYS |= {"one more": compare_one_more, "profile": profile}


def main() -> None:
    way, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps(WAYS[way](folder, np.load(folder / "sizes.npy"))))


if __name__ == "__main__":
    main()
