"""`python -m benchmarks.extract`: raw audio → segments → MFCC, compared with the tutorials' way.

On a fixed hour of corpora/games.yaml (`make games`): (a) as tutorials do it, (b) decoding alone,
the lower bound, (c) the stages segment and features; each as whole processes, (b) and (c) with 1
and 2 workers. Then all of games, one song added, a file of ten hours, and where the time goes.
Writes benchmarks/results/extract.json.
"""

import cProfile
import os
import pstats
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from benchmarks import games
from benchmarks.measure import measure
from benchmarks.report import RESULTS, print_source, write_json
from benchmarks.stage_costs import lay_out, measure_audio_stages, measure_from_scratch
from musicregion.audio import segmenting
from musicregion.audio.metadata import read_duration
from musicregion.command import run
from musicregion.config import params
from musicregion.features.registry import KINDS

RESULT = RESULTS / "extract.json"
SAMPLE, PROFILED = 3600, 600  # seconds of songs that are compared, and profiled
LONG_FILE = 10  # hours
REPEATS = 3
WORKERS = (1, 2)


def compare_ways(songs: list[Path]) -> list[dict]:
    """One row for each way and number of workers; medians of REPEATS runs, taken in turn."""
    seconds = sum(read_duration(path) for path in songs)
    runs: dict[tuple[str, int], list[tuple[float, float, int]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        listing, target = folder / "files.txt", folder / "data.json"
        listing.write_text("\n".join(str(path.resolve()) for path in songs))
        module = [sys.executable, "-m"]
        for _ in range(REPEATS):
            for unit, way in (("segment", "tutorial"), ("song", "tutorial, song loaded once")):
                command = [*module, "benchmarks.tutorial", str(listing), str(target), unit]
                cost = measure(command, folder)
                result = (cost.seconds, cost.peak_mb, target.stat().st_size)
                runs.setdefault((way, 1), []).append(result)
            for workers in WORKERS:
                cost = measure([*module, "benchmarks.decoding", str(listing)], folder, workers)
                result = (cost.seconds, cost.peak_mb, 0)
                runs.setdefault(("decode", workers), []).append(result)
                runs.setdefault(("ours", workers), []).append(measure_from_scratch(songs, workers))
    rows = []
    for (way, workers), results in runs.items():
        wall, peak, written = (statistics.median(values) for values in zip(*results, strict=True))
        rows.append({"way": way, "workers": workers, "seconds": wall, "speed": seconds / wall})
        rows[-1] |= {"peak_mb": peak, "written_mb": written / 1e6}
    return rows


def measure_added_song(songs: list[Path]) -> dict[str, float]:
    """Seconds of each stage when one song is added to all the others, and when nothing is new."""
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        lay_out(folder, songs[1:])
        measure_audio_stages(folder, WORKERS[-1])
        lay_out(folder, songs)  # the new one comes first, so that every row moves
        added = measure_audio_stages(folder, WORKERS[-1])
        nothing = measure_audio_stages(folder, WORKERS[-1])
    result = {f"one_more_{stage}_s": cost.seconds for stage, cost in added.items()}
    return result | {f"nothing_new_{stage}_s": cost.seconds for stage, cost in nothing.items()}


def measure_long_file(hours: float) -> dict[str, float]:
    """Peak memory of the stages on one stereo file at 48 kHz."""
    rate = 48_000
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        path = folder / "long.flac"
        time = np.arange(60 * rate) / rate
        minute = np.stack([np.sin(2 * np.pi * f * time) * 0.3 for f in (220, 331)], axis=1)
        with soundfile.SoundFile(path, "w", rate, 2, "PCM_16", compression_level=0) as file:
            for _ in range(round(hours * 60)):
                file.write(minute)
        lay_out(folder, [path])
        costs = measure_audio_stages(folder, WORKERS[-1])
    return {f"long_file_{stage}_peak_mb": cost.peak_mb for stage, cost in costs.items()} | {
        "long_file_hours": hours,
        "long_file_s": sum(cost.seconds for cost in costs.values()),
    }


def profile_songs(songs: list[Path]) -> list[dict]:
    """Where one process spends its time: the ten functions with the largest shares."""
    settings, kind = params.load(), KINDS["mfcc"]
    samples = round(settings.segment.window * settings.segment.sample_rate)
    front_end = kind.make_front_end(settings.segment.sample_rate, samples, settings.mfcc)
    with tempfile.TemporaryDirectory() as temporary, cProfile.Profile() as profiler:
        for number, path in enumerate(songs):
            target = Path(temporary, f"{number}.flac")
            rows = segmenting.segment_song(path, target, settings.segment)
            kind.extract_song(target, len(rows), front_end, settings.mfcc)
    entries = pstats.Stats(profiler).get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1].tottime)[:10]
    return [
        {"function": function.replace("<", "").replace(">", ""), "share": entry.tottime / total}
        for function, entry in largest
    ]


def main() -> None:
    songs = games.require_songs()
    os.environ["NUMBA_CACHE_DIR"] = tempfile.gettempdir()
    sample = games.choose_sample(songs, SAMPLE)
    rows = compare_ways(sample)
    print(pd.DataFrame(rows).round(1).to_string(index=False))
    by_way = {(row["way"], row["workers"]): row for row in rows}
    ours = by_way["ours", WORKERS[-1]]
    seconds, peak, _ = measure_from_scratch(songs, WORKERS[-1])
    result = {
        "tutorial_s": by_way["tutorial", 1]["seconds"],
        "tutorial_song_loaded_once_s": by_way["tutorial, song loaded once", 1]["seconds"],
        "decode_s": by_way["decode", WORKERS[-1]]["seconds"],
        "ours_s": ours["seconds"],
        "ours_peak_mb": ours["peak_mb"],
        "sample_s": sum(read_duration(path) for path in sample),
        "games_hours": sum(read_duration(path) for path in songs) / 3600,
        "games_songs": len(songs),
        "games_s": seconds,
        "games_peak_mb": peak,
    }
    result |= {
        "times_tutorial": result["tutorial_s"] / result["ours_s"],
        "times_decoding": result["ours_s"] / result["decode_s"],
    }
    result |= measure_added_song(songs) | measure_long_file(LONG_FILE)
    result = {name: round(value, 2) for name, value in result.items()}
    print(pd.Series(result).to_string())
    profile = profile_songs(games.choose_sample(songs, PROFILED))
    print(pd.DataFrame(profile).round(3).to_string(index=False))
    write_json(RESULT, result | {"alternatives": rows, "profile": profile}, indent=1)
    print_source("extract", RESULT)


if __name__ == "__main__":
    run(main)
