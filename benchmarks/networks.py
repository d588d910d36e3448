"""`python -m benchmarks.networks`: can a small CNN be as good as an SVM on the same features?

On the corpus of params.yaml and its features, mfcc or logmel; musicnn's must be in data/ too
(`dvc exp run -S corpus=games -S features=mfcc+musicnn`, then `features: mfcc` for this command).
Beside svm and a network of the pipeline, both as `python -m benchmarks.models` has stored them, two
tries:

1. Crops of random length at random places instead of fixed windows, and one loss for all crops of a
   song.
2. The same network, taught: by the probabilities of the committee on musicnn; by musicnn's
   activations, which it first learns to predict, and then beside the region; by both.

Teachers know the training songs alone; the committee's probabilities are made by folds inside them.
One repeat of 5 folds, songs whole, copies of a recording together. The tries train for a fixed
number of epochs on all songs but the test songs. Rows that are already in
benchmarks/results/networks.json are not run again. Prints the table, with the difference from svm
on the same songs.
"""

import json
from functools import partial

from benchmarks import variants
from benchmarks.choice import compare_pairs, format_difference, score_folds
from benchmarks.network_tries import TRIES, load_tries
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.errors import InputError

TABLE = RESULTS / "networks.json"
YARDSTICK = "svm"
TODAY = {"mfcc": "cnn", "logmel": "temporal"}  # a network of the pipeline, by features


def load_stored(model: str, settings: Params) -> list[dict]:
    """The predictions of a model of the pipeline, first repeat."""
    path = RESULTS / f"models_{settings.corpus}" / f"{settings.features}_{model}.json"
    if not path.is_file():
        raise InputError(f"{path} not found. Run `python -m benchmarks.models` first.")
    return json.loads(path.read_text())[: variants.FOLDS]


def score_row(name: str, settings: Params, folds: list[dict], yardstick: list[dict]) -> dict:
    """A row of the table."""
    row = {"corpus": settings.corpus, "features": settings.features, "model": name}
    seed = settings.train.seed
    compared = compare_pairs({YARDSTICK: yardstick, name: folds}, YARDSTICK, seed)[name]
    return row | score_folds(folds, seed) | {"against_svm": compared}


def run_missing(settings: Params, rows: list[dict]) -> None:
    """Add the rows that are missing to `rows` and to TABLE, each when it is done."""
    setup = {"corpus": settings.corpus, "features": settings.features}
    finished = {row["model"] for row in rows if setup.items() <= row.items()}
    yardstick = load_stored(YARDSTICK, settings)
    for model in (YARDSTICK, TODAY[settings.features]):
        if model not in finished:
            rows.append(score_row(model, settings, load_stored(model, settings), yardstick))
    write_json(TABLE, rows)
    missing = [name for name in TRIES if name not in finished]
    if missing:
        data, tries = load_tries(settings)
    for name in missing:
        folds = variants.predict_folds(data, settings, name, partial(tries.predict, name))
        rows.append(score_row(name, settings, folds, yardstick))
        write_json(TABLE, rows)


def format_row(row: dict) -> list[str]:
    return [
        row["features"],
        row["model"],
        f"{row['song_accuracy']:.3f}",
        f"{row['low']:.2f} to {row['high']:.2f}",
        f"{row['macro_recall']:.3f}",
        format_difference(row["against_svm"]),
    ]


def main() -> None:
    settings = params.load_for_command(__doc__)
    if settings.features not in TODAY:
        raise InputError(f"features is {settings.features}. Choose {' or '.join(TODAY)}.")
    rows = read_rows(TABLE)
    run_missing(settings, rows)
    print_table(
        ["features", "network", "songs", "95 % interval", "macro recall", "difference from svm"],
        [format_row(row) for row in rows if row["corpus"] == settings.corpus],
    )
    print_source("networks", TABLE)


if __name__ == "__main__":
    run(main)
