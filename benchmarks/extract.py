"""`python -m benchmarks.extract`: raw audio → segments → MFCC, beside the tutorial's way.

On a fixed hour of corpora/games.yaml (`make games`): (a) as tutorials do it, (b) decoding alone,
the floor, (c) the stages segment and mfcc; each as whole processes, (b) and (c) with 1 and 2
workers. Then all of games, one song more, a file of ten hours, and where the time goes.
"""

import cProfile
import json
import os
import pstats
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
import yaml

from benchmarks.measure import Cost, measure
from musicregion.audio import segmenting
from musicregion.audio.files import AUDIO
from musicregion.audio.metadata import read_duration
from musicregion.command import run
from musicregion.config import params
from musicregion.errors import InputError
from musicregion.features.registry import KINDS
from musicregion.storage import tables

GAMES = Path("data/corpora/games")
RESULT = Path("benchmarks/results/extract.json")
HOUR = 3600  # seconds
REPEATS = 3
EMPTY = {"unknown": False, "source": "", "author": "", "licence": "", "version": "", "kind": ""}


def sample(files: list[Path], seconds: float) -> list[Path]:
    """A fixed choice: one song of each game in turn, until they last so long."""
    games: dict[str, list[Path]] = {}
    for path in files:
        games.setdefault(path.relative_to(GAMES).parts[0], []).append(path)
    turns = [path for turn in zip(*games.values(), strict=False) for path in turn]
    lengths = np.cumsum([read_duration(path) for path in turns])
    return turns[: int(np.searchsorted(lengths, seconds)) + 1]


def lay_out(folder: Path, files: list[Path]) -> None:
    """What the stages need: params.yaml, songs.csv, the corpus file; audio stays where it is."""
    settings = yaml.safe_load(Path("params.yaml").read_text()) | {"corpus": "games"}
    (folder / "corpora").mkdir(exist_ok=True)
    (folder / "corpora/games.yaml").write_text(Path("corpora/games.yaml").read_text())
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    rows = [
        {"song": "-".join(path.parts[-3:]).replace(" ", "-"), "title": path.stem}
        | {"region": path.relative_to(GAMES).parts[0] if path.is_relative_to(GAMES) else "long"}
        | {"path": str(path.resolve()), "duration_s": read_duration(path), "sha256": str(path)}
        | {"status": "ok", "reason": ""}
        | EMPTY
        for path in files
    ]
    tables.SONGS.write(rows, folder)


def ours(folder: Path, workers: int) -> dict[str, Cost]:
    """Both stages, from whatever the folder holds already."""
    stages = ("segment", "mfcc")
    words = [sys.executable, "-m"]
    return {name: measure([*words, f"stages.{name}"], folder, workers) for name in stages}


def from_scratch(files: list[Path], workers: int) -> tuple[float, float, int]:
    """Seconds, peak MB and bytes written of both stages on these files."""
    with tempfile.TemporaryDirectory(dir="data") as name:
        folder = Path(name)
        lay_out(folder, files)
        costs = ours(folder, workers).values()
        written = sum(
            path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file()
        )
    return sum(c.seconds for c in costs), max(c.peak_mb for c in costs), written


def alternatives(files: list[Path]) -> list[dict]:
    """One row for each way and number of workers; medians of REPEATS runs, taken in turn."""
    seconds = sum(read_duration(path) for path in files)
    runs: dict[tuple[str, int], list[tuple[float, float, int]]] = {}
    with tempfile.TemporaryDirectory() as name:
        listing, target = Path(name, "files.txt"), Path(name, "data.json")
        listing.write_text("\n".join(str(path.resolve()) for path in files))
        module = [sys.executable, "-m"]
        for _ in range(REPEATS):
            for unit, way in (("segment", "tutorial"), ("song", "tutorial, song loaded once")):
                words = [*module, "benchmarks.tutorial", str(listing), str(target), unit]
                cost = measure(words, Path(name))
                run = (cost.seconds, cost.peak_mb, target.stat().st_size)
                runs.setdefault((way, 1), []).append(run)
            for workers in (1, 2):
                words = [*module, "benchmarks.decoding", str(listing)]
                cost = measure(words, Path(name), workers)
                run = (cost.seconds, cost.peak_mb, 0)
                runs.setdefault(("decode", workers), []).append(run)
                runs.setdefault(("ours", workers), []).append(from_scratch(files, workers))
    rows = []
    for (way, workers), costs in runs.items():
        wall, peak, written = (statistics.median(values) for values in zip(*costs, strict=True))
        rows.append({"way": way, "workers": workers, "seconds": wall, "speed": seconds / wall})
        rows[-1] |= {"peak_mb": peak, "written_mb": written / 1e6}
    return rows


def one_more(files: list[Path]) -> dict[str, float]:
    """Seconds of each stage for a song that is added to all the others, and for nothing new."""
    with tempfile.TemporaryDirectory(dir="data") as name:
        folder = Path(name)
        lay_out(folder, files[1:])
        ours(folder, 2)
        lay_out(folder, files)  # the new one comes first, so that every row moves
        added = ours(folder, 2)
        nothing = ours(folder, 2)
    result = {f"one_more_{stage}_s": cost.seconds for stage, cost in added.items()}
    return result | {f"nothing_new_{stage}_s": cost.seconds for stage, cost in nothing.items()}


def long_file(hours: float) -> dict[str, float]:
    """Peak memory of the stages on one stereo file at 48 kHz."""
    rate = 48_000
    with tempfile.TemporaryDirectory(dir="data") as name:
        path = Path(name, "long.flac")
        time = np.arange(60 * rate) / rate
        minute = np.stack([np.sin(2 * np.pi * f * time) * 0.3 for f in (220, 331)], axis=1)
        with soundfile.SoundFile(path, "w", rate, 2, "PCM_16", compression_level=0) as file:
            for _ in range(round(hours * 60)):
                file.write(minute)
        lay_out(Path(name), [path])
        costs = ours(Path(name), 2)
    return {f"long_file_{stage}_peak_mb": cost.peak_mb for stage, cost in costs.items()} | {
        "long_file_hours": hours,
        "long_file_s": sum(cost.seconds for cost in costs.values()),
    }


def profile(files: list[Path]) -> list[dict]:
    """Where one process spends its time, by function: the largest parts."""
    settings = params.load()
    with tempfile.TemporaryDirectory() as name, cProfile.Profile() as profiler:
        for place, path in enumerate(files):
            target = Path(name, f"{place}.flac")
            rows = segmenting.segment_song(path, target, settings.segment)
            KINDS["mfcc"].extract_song(target, len(rows), settings.mfcc)
    entries = pstats.Stats(profiler).get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1].tottime)[:10]
    return [
        {"function": function.replace("<", "").replace(">", ""), "share": entry.tottime / total}
        for function, entry in largest
    ]


def main() -> None:
    files = sorted(path for path in GAMES.rglob("*") if path.suffix in AUDIO)
    if not files:
        raise InputError(f"{GAMES}: not found. `make games` fetches it.")
    os.environ["NUMBA_CACHE_DIR"] = tempfile.gettempdir()
    hour = sample(files, HOUR)
    rows = alternatives(hour)
    print(pd.DataFrame(rows).round(1).to_string(index=False))
    wall = {(row["way"], row["workers"]): row for row in rows}
    seconds, peak, _ = from_scratch(files, 2)
    result = {
        "tutorial_s": wall["tutorial", 1]["seconds"],
        "tutorial_song_loaded_once_s": wall["tutorial, song loaded once", 1]["seconds"],
        "decode_s": wall["decode", 2]["seconds"],
        "ours_s": wall["ours", 2]["seconds"],
        "ours_peak_mb": wall["ours", 2]["peak_mb"],
        "sample_s": sum(read_duration(path) for path in hour),
        "games_hours": sum(read_duration(path) for path in files) / 3600,
        "games_songs": len(files),
        "games_s": seconds,
        "games_peak_mb": peak,
    }
    result |= {
        "times_tutorial": result["tutorial_s"] / result["ours_s"],
        "times_decoding": result["ours_s"] / result["decode_s"],
    }
    result |= one_more(files) | long_file(10)
    result = {name: round(value, 2) for name, value in result.items()}
    result |= {"alternatives": rows, "profile": profile(sample(files, 600))}
    for name, value in result.items():
        if not isinstance(value, list):
            print(f"{name:28} {value}")
    print(pd.DataFrame(result["profile"]).round(3).to_string(index=False))
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    run(main)
