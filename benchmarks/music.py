"""`python -m benchmarks.music`: what is recognised where instruments and sound say nothing.

On the corpus of params.yaml, whose segments must be in data/: onegame, where all regions sound
alike (`dvc exp run -S corpus=onegame`, and with `-S folk.songs=600`), crossed, folk or games.
Extracts the features that are missing and cross-validates the default model on each of FEATURES.
Beside them: always naming the largest region, and, for rendered songs, the same model on the notes
that were played, which is what perfect transcription would give. 5 folds, songs whole. Every row is
compared with that of REFERENCE, song by song. Rows that are already in
benchmarks/results/music.json are not run again: remove a row to run it again.
"""

from pathlib import Path

import numpy as np

from benchmarks import pairs, true_notes
from benchmarks.choice import compare_pairs, format_difference
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

TABLE = RESULTS / "music.json"
MODEL, REFERENCE = "committee", "mfcc"
FEATURES = ("mfcc", "logmel", "musicnn", "tonal", "mfcc+tonal")
TRUE_NOTES = "tonal of the true notes"
FOLDS, REPEATS = 5, 3
AGAINST = f"against_{REFERENCE}"  # key of a row
SCORES = ("song_accuracy", "macro_recall", "low", "high")


def score_majority(data: Dataset, seed: int) -> dict[str, float]:
    """The scores of naming the region with most songs for every song."""
    from musicregion.evaluation.metrics import bootstrap_interval

    known = data.known()
    rows = known[np.unique(data.songs[known], return_index=True)[1]]
    correct = data.labels[rows] == np.bincount(data.labels[rows]).argmax()
    low, high = bootstrap_interval(correct, data.groups[rows], seed)
    values = float(correct.mean()), 1 / len(data.regions), low, high
    return {name: round(value, 4) for name, value in zip(SCORES, values, strict=True)}


def extract_missing(kinds: tuple[str, ...], settings: Params) -> None:
    """Extract the kinds of features that are not in data/ yet."""
    from musicregion.features.extract import extract_corpus
    from musicregion.features.registry import KINDS
    from musicregion.storage.paths import features_array

    for kind in kinds:
        if not features_array(kind).is_file():
            extract_corpus(kind, KINDS[kind], getattr(settings, kind))


def score_features(
    features: str, settings: Params, data: Dataset, folder: Path
) -> dict[str, float]:
    """The scores of MODEL on a kind of features or several, or on TRUE_NOTES.

    data: of the corpus, for its segments. folder: where the predictions go.
    """
    chosen = "tonal" if features == TRUE_NOTES else features
    evaluate = settings.evaluate.model_copy(update={"folds": FOLDS, "repeats": REPEATS})
    changes = {"features": chosen, "model": MODEL, "evaluate": evaluate}
    settings = settings.model_copy(update=changes)
    if features == TRUE_NOTES:
        recipes = true_notes.load_recipes(settings)
        played = true_notes.with_true_notes(data, recipes, settings)
        row, folds = pairs.cross_validate_pair(settings, played)
    else:
        extract_missing(settings.kinds, settings)
        row, folds = pairs.cross_validate_pair(settings)
    write_json(folder / f"{features}_{MODEL}.json", folds, indent=None)
    return {name: row[name] for name in SCORES}


def add_differences(rows: list[dict], folder: Path, setup: dict, seed: int) -> None:
    """Add AGAINST to the rows of a corpus, from the predictions in its folder."""
    of_models = [row for row in rows if setup.items() <= row.items() and row["features"]]
    folds = {row["features"]: pairs.load_folds(row, folder) for row in of_models}
    differences = compare_pairs(folds, REFERENCE, seed)
    for row in of_models:
        row[AGAINST] = differences[row["features"]]


def format_row(row: dict) -> list[str]:
    return [
        *(str(row[name]) for name in ("corpus", "songs", "features", "model")),
        f"{row['song_accuracy']:.3f}",
        f"{row['low']:.2f} to {row['high']:.2f}",
        f"{row['macro_recall']:.3f}",
        format_difference(row[AGAINST]) if AGAINST in row else "",
    ]


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.config import corpus
    from musicregion.dataset import loading

    rows = read_rows(TABLE)
    data = loading.load_dataset(())
    setup = {"corpus": settings.corpus, "songs": len(np.unique(data.songs[data.known()]))}
    folder = RESULTS / f"music_{setup['corpus']}_{setup['songs']}"
    features_of_rows = ("", *FEATURES)
    if corpus.load(settings.corpus).folk():
        features_of_rows += (TRUE_NOTES,)
    finished = [row["features"] for row in rows if setup.items() <= row.items()]
    for features in features_of_rows:
        if features in finished:
            continue
        if features:
            scores = {"model": MODEL} | score_features(features, settings, data, folder)
        else:
            scores = {"model": "majority"} | score_majority(data, settings.train.seed)
        rows.append(setup | {"features": features} | scores)
        write_json(TABLE, rows)
    add_differences(rows, folder, setup, settings.train.seed)
    write_json(TABLE, rows)
    print_table(
        [
            *("corpus", "songs", "features", "model", "classified", "95 % interval"),
            *("macro recall", f"more than {REFERENCE}"),
        ],
        [format_row(row) for row in rows],
    )
    print_source("music", TABLE)


if __name__ == "__main__":
    run(main)
