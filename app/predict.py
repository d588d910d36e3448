"""`musicregion predict SONG…`: predicts which region a song belongs to.

Prints for each song the predicted region with its probability, the next likeliest regions, the
region of each passage, and the three training songs that sound nearest. A song is "none of these"
if it sounds stranger than 95 % of the training songs (evaluate.false_rejections).
Unreadable files are reported and skipped; the exit status is then 1.

    musicregion predict song.mp3
    musicregion predict music/ --csv > predictions.csv
    musicregion predict "new/*.ogg" --model models:/region@champion
    musicregion predict https://example.org/song.mp3 --plot song.png
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from app import prediction_formats, song_arguments, timeline
from app.model_location import MODEL_HELP, locate_model
from app.prediction_formats import Result
from musicregion.compute import isolated
from musicregion.errors import ModelError
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction
from musicregion.storage.paths import CARD

PANELS = 20  # songs in one picture, at most


def predict_songs(
    songs: list[tuple[str, Path | str]], folder: Path, print_predictions: bool
) -> list[Result]:
    """Predict songs, and print the results as they come.

    songs: of song_arguments.list_songs. folder: of the model. print_predictions: as text; failures
    are printed in any case.

    Raises:
        ModelError: the model is damaged.
    """
    files = [path for _, path in songs if isinstance(path, Path)]
    cores = os.cpu_count() or 1
    threads = cores if len(files) == 1 else 1
    items = [(folder, path, float("inf"), threads) for path in files]
    predictions = isolated.map_isolated(predict_file, items, cores)
    bar, write = songs, print
    if len(songs) > 1:
        from tqdm import tqdm

        bar, write = tqdm(songs, "predict", unit="song", leave=False), tqdm.write
    results: list[Result] = []
    for name, path in bar:
        result = path if isinstance(path, str) else next(predictions)
        if isinstance(result, ModelError):
            raise result
        if isinstance(result, Exception):
            result = str(result) or type(result).__name__
        results.append((name, result))
        if isinstance(result, str):
            write(f"{name}: {result}", file=sys.stderr)
        elif print_predictions:
            write(prediction_formats.describe(name, result), file=sys.stdout)
    return results


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit status.

    Raises:
        ModelError: there is no model, or it is damaged.
        ConfigError: the timelines cannot be plotted.
    """
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
    parser.add_argument("--plot", type=Path, metavar="OUT.PNG", help="plot the timelines")
    parser.add_argument("--model", default="models", help=MODEL_HELP)
    chosen = parser.parse_args(arguments)

    isolated.preload("musicregion.inference.predict_song")
    with (
        locate_model(chosen.model) as folder,
        tempfile.TemporaryDirectory(prefix="songs-") as temporary,
    ):
        if not (folder / CARD).is_file():
            raise ModelError(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
        songs = song_arguments.list_songs(chosen.songs, Path(temporary))
        results = predict_songs(songs, folder, not (chosen.json or chosen.csv))
        regions = json.loads((folder / CARD).read_text())["regions"]
    if chosen.json:
        rows = [prediction_formats.as_json(*result) for result in results]
        print(json.dumps(rows, indent=2))
    elif chosen.csv:
        prediction_formats.write_csv(results, regions, sys.stdout)
    predicted = [(name, result) for name, result in results if isinstance(result, SongPrediction)]
    if chosen.plot and predicted:
        timeline.save_timelines(predicted[:PANELS], chosen.plot)
        note = f" of the first {PANELS} of {len(predicted)} songs" if predicted[PANELS:] else ""
        print(f"{chosen.plot}: the timelines{note}", file=sys.stderr)
    return 1 if len(predicted) < len(results) else 0
