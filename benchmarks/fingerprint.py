"""`python -m benchmarks.fingerprint [SONGS ...]`: what comparing all songs with all others costs.

Synthetic songs of 18,250 landmarks, every twentieth a copy: all at once, as it was done before (up
to AT_ONCE songs, since it takes 4 MB a song), and in blocks of songs, as the stage does; one song
more; and where the time goes. Each in processes of its own. Rows of other numbers of songs stay.
Writes benchmarks/results/fingerprint.json.

    python -m benchmarks.fingerprint 100000 --landmarks 2000
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import measure
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from benchmarks.synthetic_landmarks import LANDMARKS, SHIFT, true_pairs, write_songs
from musicregion.command import run
from musicregion.config import params

RESULT = RESULTS / "fingerprint.json"
SONGS = (1_000, 4_000, 10_000)
AT_ONCE, PROFILED, ONE_MORE = 1_000, 1_000, 10_000  # songs at most


def measure_way(way: str, folder: Path) -> dict:
    """Run one of landmark_ways: its result, seconds of all of the process, and peak MB."""
    command = [sys.executable, "-m", "benchmarks.landmark_ways", way, str(folder.resolve())]
    cost = measure(command, Path.cwd())
    result = json.loads(cost.output.splitlines()[-1])
    return {"peak_mb": round(cost.peak_mb)} | result


def score_pairs(pairs: pd.DataFrame, songs: int, share: float) -> dict[str, float]:
    """Recall of copies, and the number of other pairs, from a share upwards.

    A copy counts at the true offset or, since votes of neighbouring offsets are added, beside it.
    """
    near = pairs[(pairs["share"] >= share) & (abs(pairs["offset"] + SHIFT) <= 1)]
    truth = set(true_pairs(songs))
    found = set(zip(near["a"], near["b"], strict=True)) & truth
    wrong = (pairs["share"] >= share).sum() - len(found)
    return {"recall": len(found) / len(truth), "wrong_pairs": int(wrong)}


def measure_songs(songs: int, landmarks: int, share: float) -> dict:
    """Everything about so many songs of so many landmarks."""
    row: dict = {"songs": songs, "landmarks_a_song": landmarks}
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        np.save(folder / "sizes.npy", write_songs(folder / "landmarks.npy", songs, landmarks))
        row["blocks"] = measure_way("blocks", folder)
        pairs = pd.read_csv(folder / "blocks.csv")
        row |= score_pairs(pairs, songs, share)
        if songs <= ONE_MORE:
            row["one_more"] = measure_way("one more", folder)
        if songs <= AT_ONCE:
            row["at_once"] = measure_way("at once", folder)
            row["equal"] = (folder / "at once.csv").read_bytes() == (
                folder / "blocks.csv"
            ).read_bytes()
        if songs <= PROFILED:
            row |= measure_way("profile", folder)
    return row


def format_row(row: dict) -> tuple:
    """A row of the printed table."""
    at_once, one_more = row.get("at_once"), row.get("one_more")
    return (
        row["songs"],
        row["landmarks_a_song"],
        f"{at_once['seconds']:.1f} s, {at_once['peak_mb']} MB" if at_once else "",
        f"{row['blocks']['seconds']:.1f} s, {row['blocks']['peak_mb']} MB",
        f"{one_more['index_s']:.1f} s, {one_more['index_mb']:.0f} MB" if one_more else "",
        f"{one_more['one_more_s']:.2f} s" if one_more else "",
        f"{row['recall']:.3f}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=int, nargs="*", default=SONGS)
    parser.add_argument("--landmarks", type=int, default=LANDMARKS, help="of a song")
    arguments = parser.parse_args()
    share = params.load().fingerprint.share
    rows = read_rows(RESULT)
    for songs in arguments.songs:
        row = measure_songs(songs, arguments.landmarks, share)
        size = (songs, arguments.landmarks)
        rows = [old for old in rows if (old["songs"], old["landmarks_a_song"]) != size] + [row]
        rows.sort(key=lambda row: (-row["landmarks_a_song"], row["songs"]))
        write_json(RESULT, rows, indent=1)
    print_table(
        ["songs", "landmarks", "at once", "in blocks", "index", "one more", "recall"],
        map(format_row, rows),
    )
    for row in rows:
        if "profile" in row:
            print(pd.DataFrame(row["profile"]).to_string(index=False))
    print_source("fingerprint", RESULT)


if __name__ == "__main__":
    run(main)
