"""`musicregion predict SONG…`: which region does a song belong to?

Prints for each song the region and its probability, the runners-up, and which region the song
sounds like from when to when; "none of these" where the best probability is below the model's
threshold. Ends with 1 where a song could not be read.

    musicregion predict song.mp3
    musicregion predict music/ --csv > answers.csv
    musicregion predict "new/*.ogg" --model models:/region@champion
    musicregion predict https://example.org/song.mp3 --plot song.png
"""

import argparse
import csv
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from app import song_arguments, timeline
from app.model_location import MODEL_HELP, locate_model
from musicregion.compute import isolated
from musicregion.errors import ModelError
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction
from musicregion.storage.paths import CARD

SHOWN = 20  # songs in one picture, at most
PASSAGES = 12  # in the text, at most


def describe(name: str, answer: SongPrediction) -> str:
    """The answer for people."""
    ranked = [f"{region} {value:.2f}" for region, value in answer.probabilities.items()]
    lines = [f"{name}: {ranked[0]}   ({', '.join(ranked[1:4])})"]
    if not answer.known:
        lines = [f"{name}: none of these   (the likeliest: {', '.join(ranked[:3])})"]
    passages = [
        f"{timeline.format_clock(start)} {region}" for start, _, region in answer.passages()
    ]
    if len(passages) > 1:
        rest = f"  and {len(passages) - PASSAGES} more" if len(passages) > PASSAGES else ""
        lines.append(f"    {'  '.join(passages[:PASSAGES])}{rest}")
    return "\n".join(lines)


def as_json(name: str, result: SongPrediction | str) -> dict:
    """The answer, or the reason for none, as JSON has it."""
    if isinstance(result, str):
        return {"song": name, "reason": result}
    region = result.region if result.known else None
    first = {"song": name, "region": region, "probability": result.probability}
    return first | {"duration_s": result.duration_s} | asdict(result)


def as_row(name: str, result: SongPrediction | str) -> dict:
    """The same as a row of a table; its region is empty where it is none of these."""
    found = as_json(name, result)
    values = found.pop("probabilities", {})
    return found | {f"p_{region}": value for region, value in values.items()}


def failure_reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="musicregion predict",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "songs", nargs="+", metavar="SONG", help="files, folders, globs, or links of songs or lists"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print a table")
    parser.add_argument("--plot", type=Path, metavar="OUT.PNG", help="draw the timelines")
    parser.add_argument("--model", default="models", help=MODEL_HELP)
    chosen = parser.parse_args(arguments)

    isolated.preload("musicregion.inference.predict_song")
    with (
        locate_model(chosen.model) as folder,
        tempfile.TemporaryDirectory(prefix="songs-") as temporary,
    ):
        if not (folder / CARD).is_file():
            raise ModelError(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
        results = predict_all(
            chosen.songs, folder, Path(temporary), not (chosen.json or chosen.csv)
        )
        regions = json.loads((folder / CARD).read_text())["regions"]
    if chosen.json:
        print(json.dumps([as_json(*result) for result in results], indent=2))
    elif chosen.csv:
        names = ["song", "region", "probability", "duration_s"]
        names += [f"p_{region}" for region in regions] + ["reason"]
        writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(as_row(*result) for result in results)
    good = [(name, result) for name, result in results if isinstance(result, SongPrediction)]
    if chosen.plot and good:
        timeline.save_timelines(good[:SHOWN], chosen.plot)
        left = f", the first {SHOWN} of {len(good)} songs" if len(good) > SHOWN else ""
        print(f"{chosen.plot}: the timelines{left}", file=sys.stderr)
    return 1 if len(good) < len(results) else 0


def predict_all(
    arguments: list[str], folder: Path, temporary: Path, tell: bool
) -> list[tuple[str, SongPrediction | str]]:
    """Each song's name with its answer or a reason for none, told as they come.

    tell: print the answers; reasons are printed always.
    """
    wanted = song_arguments.list_songs(arguments, temporary)
    files = [path for _, path in wanted if isinstance(path, Path)]
    cores = os.cpu_count() or 1
    threads = cores if len(files) == 1 else 1
    items = [(folder, path, float("inf"), threads) for path in files]
    found = isolated.map_isolated(predict_file, items, cores)
    results: list[tuple[str, SongPrediction | str]] = []
    if len(wanted) > 1:
        from tqdm import tqdm

        bar = tqdm(wanted, "predict", unit="song", leave=False)
    else:
        bar = wanted
    for name, path in bar:
        result = path if isinstance(path, str) else next(found)
        if isinstance(result, ModelError):
            raise result
        if isinstance(result, Exception):
            result = failure_reason(result)
        results.append((name, result))
        bad = isinstance(result, str)
        if bad or tell:
            text = f"{name}: {result}" if bad else describe(name, result)
            stream = sys.stderr if bad else sys.stdout
            if len(wanted) > 1:
                bar.write(text, file=stream)
            else:
                print(text, file=stream)
    return results
