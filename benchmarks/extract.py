"""`python -m benchmarks.extract`: raw audio → segments → features, compared with other ways.

On a fixed hour of corpora/games.yaml (`make games`): MFCC (a) as tutorials make them, (b) decoding
alone, the lower bound, (c) the stages segment and features; each as whole processes, (b) and (c)
with 1 and 2 workers. Then all of games, one song added, a file of ten hours, musicnn against the
same network in TensorFlow, what each step costs, with FLAC and with WAV between the stages, and
where the time goes. Writes benchmarks/results/extract.json.

    python -m benchmarks.extract musicnn added    # these parts alone; the other results stay
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import games
from benchmarks.extraction_steps import measure_steps, profile_songs
from benchmarks.extraction_ways import compare_ways, measure_decoding
from benchmarks.musicnn_ways import compare_musicnn
from benchmarks.report import RESULTS, print_source, write_json
from benchmarks.stage_costs import measure_added_song, measure_from_scratch, measure_long_file
from musicregion.audio.metadata import read_duration
from musicregion.command import run

RESULT = RESULTS / "extract.json"
SAMPLE, STEPS, PROFILED = 3600, 1200, 600  # seconds of songs: compared, by steps, profiled
MUSICNN_SAMPLE = 1200  # seconds of songs that musicnn is compared on
LONG_FILE = 10  # hours
REPEATS = 3
WORKERS = (1, 2)


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
    """All songs from scratch, and decoding alone."""
    decoding = measure_decoding(songs, WORKERS[-1])
    seconds, peak, _ = measure_from_scratch(songs, WORKERS[-1])
    return {
        "games_decode_s": decoding.seconds,
        "games_times_decoding": seconds / decoding.seconds,
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


def measure_one_process(songs: list[Path]) -> dict[str, list[dict]]:
    """Where one process spends its time."""
    rows = {
        "steps": measure_steps(games.choose_sample(songs, STEPS)),
        "profile": profile_songs(games.choose_sample(songs, PROFILED)),
    }
    for table in rows.values():
        print(pd.DataFrame(table).round(3).to_string(index=False))
    return rows


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
    "steps": measure_one_process,
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
