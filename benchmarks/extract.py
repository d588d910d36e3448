"""`python -m benchmarks.extract`: raw audio → segments → features, compared with other ways.

On a fixed hour of corpora/games.yaml (`make games`): MFCC (a) as tutorials make them, (b) decoding
alone, the lower bound, (c) the stages segment and features; each as whole processes, (b) and (c)
with 1 and 2 workers. Then all of games, one song added, a file of ten hours, musicnn against the
same network in TensorFlow, and where the time goes. Writes benchmarks/results/extract.json.

    python -m benchmarks.extract musicnn added    # these parts alone; the other results stay
"""

import argparse
import cProfile
import json
import os
import pstats
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import games
from benchmarks.extraction_ways import compare_ways
from benchmarks.musicnn_ways import compare_musicnn
from benchmarks.report import RESULTS, print_source, write_json
from benchmarks.stage_costs import measure_added_song, measure_from_scratch, measure_long_file
from musicregion.audio import segmenting
from musicregion.audio.metadata import read_duration
from musicregion.command import run
from musicregion.config import params
from musicregion.features.kind import extract_song
from musicregion.features.registry import KINDS

RESULT = RESULTS / "extract.json"
SAMPLE, PROFILED = 3600, 600  # seconds of songs that are compared, and profiled
MUSICNN_SAMPLE = 1200  # seconds of songs that musicnn is compared on
LONG_FILE = 10  # hours
REPEATS = 3
WORKERS = (1, 2)


def profile_songs(songs: list[Path]) -> dict[str, list[dict]]:
    """Where one process spends its time: the ten functions with the largest shares."""
    songs = games.choose_sample(songs, PROFILED)
    settings, kind = params.load(), KINDS["mfcc"]
    samples = round(settings.segment.window * settings.segment.sample_rate)
    front_end = kind.make_front_end(settings.segment.sample_rate, samples, settings.mfcc)
    with tempfile.TemporaryDirectory() as temporary, cProfile.Profile() as profiler:
        for number, path in enumerate(songs):
            target = Path(temporary, f"{number}.flac")
            rows = segmenting.segment_song(path, target, settings.segment)
            extract_song(kind.compute_song, target, len(rows), front_end, settings.mfcc, None)
    entries = pstats.Stats(profiler).get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1].tottime)[:10]
    profile = [
        {"function": function.replace("<", "").replace(">", ""), "share": entry.tottime / total}
        for function, entry in largest
    ]
    print(pd.DataFrame(profile).round(3).to_string(index=False))
    return {"profile": profile}


def measure_sample(songs: list[Path]) -> dict:
    """The ways on an hour of songs."""
    sample = games.choose_sample(songs, SAMPLE)
    rows = compare_ways(sample, WORKERS, REPEATS)
    print(pd.DataFrame(rows).round(1).to_string(index=False))
    by_way = {(row["way"], row["workers"]): row for row in rows}
    ours = by_way["ours", WORKERS[-1]]
    tutorial = by_way["tutorial", 1]["seconds"]
    decoding = by_way["decode", WORKERS[-1]]["seconds"]
    return {
        "tutorial_s": tutorial,
        "tutorial_song_loaded_once_s": by_way["tutorial, song loaded once", 1]["seconds"],
        "decode_s": decoding,
        "ours_s": ours["seconds"],
        "ours_peak_mb": ours["peak_mb"],
        "sample_s": sum(read_duration(path) for path in sample),
        "times_tutorial": tutorial / ours["seconds"],
        "times_decoding": ours["seconds"] / decoding,
        "alternatives": rows,
    }


def measure_games(songs: list[Path]) -> dict[str, float]:
    """All songs from scratch."""
    seconds, peak, _ = measure_from_scratch(songs, WORKERS[-1])
    return {
        "games_hours": sum(read_duration(path) for path in songs) / 3600,
        "games_songs": len(songs),
        "games_s": seconds,
        "games_peak_mb": peak,
    }


def measure_musicnn(songs: list[Path]) -> dict:
    """musicnn's features against the same network in TensorFlow."""
    result = compare_musicnn(games.choose_sample(songs, MUSICNN_SAMPLE), WORKERS, REPEATS)
    print(pd.DataFrame(result["musicnn"]).round(1).to_string(index=False))
    return result


def round_values(result: dict) -> dict:
    """Numbers to four digits; counts and lists of rows as they are."""
    return {
        name: value if isinstance(value, list | int) else float(f"{value:.4g}")
        for name, value in result.items()
    }


PARTS = {
    "sample": measure_sample,
    "games": measure_games,
    "added": lambda songs: measure_added_song(songs, WORKERS[-1]),
    "long": lambda songs: measure_long_file(LONG_FILE, WORKERS[-1]),
    "musicnn": measure_musicnn,
    "profile": profile_songs,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; default: all"
    )
    parts = parser.parse_args().parts or list(PARTS)
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: no such part; there are {', '.join(PARTS)}")
    songs = games.require_songs()
    os.environ["NUMBA_CACHE_DIR"] = tempfile.gettempdir()
    for part in parts:
        result = round_values(PARTS[part](songs))
        earlier = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
        write_json(RESULT, earlier | result, indent=1)
        values = {name: value for name, value in result.items() if not isinstance(value, list)}
        print(pd.Series(values, dtype=object).to_string())
    print_source("extract", RESULT)


if __name__ == "__main__":
    run(main)
