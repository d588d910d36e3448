"""`python -m benchmarks.growth`: what each stage costs for 250, 1,000, 4,000 and 10,000 songs.

The songs are 20 s long: excerpts of games (`make games`) at five pitches and tempos, each in a room
of its own; every fiftieth is a copy of another. The stages run one after the other, as `dvc repro`
starts them, in a folder of their own that is deleted afterwards (40 GB for 10,000 songs). From the
growth between the two largest sizes: what 100,000 and 10 million songs would need. Writes
benchmarks/results/growth.json and growth.png. Takes an hour.

    python -m benchmarks.growth 250 1000    # these sizes alone; the rows of others stay
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks import games
from benchmarks.growth_plot import plot_growth
from benchmarks.measure import measure
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.traced_stages import output_paths
from benchmarks.varied_songs import make_songs, require_excerpts
from musicregion.audio.metadata import read_duration
from musicregion.command import run
from musicregion.storage import tables

RESULT, PICTURE = RESULTS / "growth.json", RESULTS / "growth.png"
SIZES = (250, 1_000, 4_000, 10_000)  # songs
LARGER = (100_000, 10_000_000)  # songs that the growth is extended to
STAGES = ("download", "segment", "fingerprint", "split", "features", "tune", "train")
FEATURES = "mfcc"


def lay_out(folder: Path, songs: Path) -> None:
    """What the stages need. songs: has a folder for each region."""
    for name in ("musicregion", "stages"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    regions = {path.name: {"sources": [str(path)]} for path in sorted(songs.iterdir())}
    (folder / "corpora").mkdir()
    (folder / "corpora/varied.yaml").write_text(yaml.safe_dump({"regions": regions}))
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings |= {"corpus": "varied", "features": FEATURES}
    settings["store"]["max_size"] = 40
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))


def disk_mb(folder: Path, stage: str) -> float:
    """What a stage's outputs take."""
    paths = output_paths(folder, stage, FEATURES)
    files = [file for path in paths for file in [path, *path.rglob("*")] if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def share_of_copies(folder: Path, copies: list[tuple[str, str]]) -> dict[str, float]:
    """How many copies fingerprint pairs with their song, and how many pairs share no source.

    copies: pairs of titles.
    """
    titles = tables.SONGS.read(folder).set_index("song")["title"]
    pairs = tables.DUPLICATES.read(folder)
    detected = {frozenset((titles[row.song], titles[row.other])) for row in pairs.itertuples()}
    wanted = {frozenset(pair) for pair in copies}
    return {
        "copies": len(wanted),
        "copies_detected": len(wanted & detected),
        "other_pairs": len(detected - wanted),
    }


def measure_size(durations: dict[Path, float], count: int) -> list[dict]:
    """A row for each stage. durations: of the songs that are varied, seconds."""
    rows = []
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        songs, folder = Path(temporary, "songs").resolve(), Path(temporary, "work")
        copies = make_songs(durations, count, songs)
        folder.mkdir()
        lay_out(folder, songs)
        for stage in STAGES:
            cost = measure([sys.executable, "-m", f"stages.{stage}"], folder)
            row = {"stage": stage, "songs": count, "seconds": round(cost.seconds, 1)}
            row |= {"peak_mb": round(cost.peak_mb), "disk_mb": round(disk_mb(folder, stage), 1)}
            if stage == "fingerprint":
                row |= share_of_copies(folder, copies)
            rows.append(row)
            print_table(row, [row.values()])
    return rows


def extend(rows: list[dict], songs: int) -> list[dict]:
    """What so many songs would cost, if each cost goes on growing as between the largest sizes."""
    extended = []
    sizes = sorted({row["songs"] for row in rows})[-2:]
    for stage in STAGES:
        small, large = (
            next(row for row in rows if (row["stage"], row["songs"]) == (stage, size))
            for size in sizes
        )
        row: dict = {"stage": stage, "songs": songs}
        for name in ("seconds", "peak_mb", "disk_mb"):
            ratio = max(large[name], 0.1) / max(small[name], 0.1)
            exponent = max(0.0, np.log(ratio) / np.log(large["songs"] / small["songs"]))
            value = large[name] * (songs / large["songs"]) ** exponent
            row |= {name: float(f"{value:.3g}"), f"{name}_exponent": round(float(exponent), 2)}
        extended.append(row)
    return extended


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), help="numbers of songs")
    sizes = parser.parse_args().sizes
    sources = games.require_songs()
    durations = {path: read_duration(path) for path in sources}
    require_excerpts(durations, max(sizes))  # before an hour's work
    rows = json.loads(RESULT.read_text())["rows"] if RESULT.is_file() else []
    for count in sizes:
        measured = measure_size(durations, count)
        rows = [row for row in rows if row["songs"] != count] + measured
        rows.sort(key=lambda row: row["songs"])
        write_json(RESULT, {"rows": rows, "extended": []})
    extended = (
        [row for songs in LARGER for row in extend(rows, songs)] if len(rows) > len(STAGES) else []
    )
    write_json(RESULT, {"rows": rows, "extended": extended})
    plot_growth(rows, PICTURE)
    print(pd.DataFrame(rows).pivot(index="stage", columns="songs").to_string(), "\n")
    print(pd.DataFrame(extended).to_string(index=False))
    print_source("growth", RESULT, PICTURE)


if __name__ == "__main__":
    run(main)
