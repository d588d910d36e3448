"""`python -m benchmarks.models`: every model on every kind of features, on songs it never saw.

On the corpus of params.yaml, whose segments must be in data/ (`dvc exp run -S corpus=games`).
Extracts the features that are missing, times their extraction in one process on a sample, and
cross-validates every pair of ROWS, 5 folds, copies of a recording together. Pairs that are already
in benchmarks/results/models.json are not run again: remove a row to run it again. Prints the table,
best last, with each pair's difference from REFERENCE on the same songs, and the result of nested
validation.

Nested validation: in each fold the pair that is best on the fold's *validation* songs is chosen,
and evaluated on the fold's test songs; of equals the first in ROWS; pairs with one repeat cannot be
chosen. Expect that row's accuracy when choosing by these figures: picking the best of all rows is
optimistic (selection bias).
"""

from pathlib import Path

from benchmarks import pairs
from benchmarks.choice import combine_pairs, compare_pairs, format_difference
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params

TABLE = RESULTS / "models.json"
FOLDS = 5
SHORT = {"patience": 3}  # changes of train: the networks are at their best early
ROWS = [  # features, model, repeats (one where a fold takes long), changes of train
    ("mfcc", "logistic", 3, {}),
    ("mfcc", "svm", 3, {}),
    ("mfcc", "committee", 3, {}),
    ("logmel", "svm", 3, {}),
    ("logmel", "committee", 3, {}),
    ("musicnn", "logistic", 3, {}),
    ("musicnn", "svm", 3, {}),
    ("musicnn", "committee", 3, {}),
    ("tonal", "logistic", 3, {}),
    ("tonal", "committee", 3, {}),
    ("mfcc+tonal", "committee", 3, {}),
    ("mfcc+musicnn", "committee", 3, {}),
    ("musicnn+tonal", "committee", 3, {}),
    ("mfcc+musicnn+tonal", "committee", 3, {}),
    ("logmel", "temporal", 1, SHORT),
    ("mfcc", "temporal", 1, SHORT),
    ("musicnn", "dense_deep", 1, SHORT),
    ("musicnn", "bag_of_frames", 1, SHORT),
    ("mfcc", "dense_deep", 1, SHORT),
    ("mfcc", "cnn", 1, SHORT),
    ("mfcc", "dense", 1, SHORT),
]
POOLS = [  # pairs whose log-probabilities are averaged
    ("committee on musicnn", "committee on logmel"),
    ("committee on musicnn", "committee on mfcc", "committee on logmel"),
    ("committee on musicnn", "bag_of_frames on musicnn"),
    ("committee on musicnn", "temporal on logmel"),
    ("committee on mfcc", "temporal on mfcc"),
    ("committee on logmel", "temporal on logmel"),
    ("committee on musicnn", "committee on logmel", "temporal on logmel"),
]
REFERENCE = "committee on mfcc"  # the default
SAMPLE = 200  # segments whose extraction is timed


def run_missing_pairs(settings: Params, rows: list[dict], folder: Path) -> None:
    """Add the pairs of ROWS that this corpus lacks to `rows` and to TABLE, each when it is done.

    folder: where each pair's predictions go.
    """
    from musicregion.features.extract import extract_corpus
    from musicregion.features.registry import KINDS
    from musicregion.storage.paths import features_array

    of_corpus = [row for row in rows if row["corpus"] == settings.corpus]
    finished = {(row["features"], row["model"]) for row in of_corpus}
    extract_s = {row["features"]: row["extract_s"] for row in of_corpus}  # by kind
    for features, model, repeats, changes in ROWS:
        if (features, model) in finished:
            continue
        kinds = features.split("+")
        for kind in kinds:
            if not features_array(kind).is_file():
                extract_corpus(kind, KINDS[kind], getattr(settings, kind))
            if kind not in extract_s:
                seconds = pairs.estimate_extraction_seconds(kind, settings, SAMPLE)
                extract_s[kind] = round(seconds, 1)
        pair_settings = settings.model_copy(
            update={
                "features": features,
                "model": model,
                "train": settings.train.model_copy(update=changes),
                "evaluate": settings.evaluate.model_copy(
                    update={"folds": FOLDS, "repeats": repeats}
                ),
            }
        )
        row, folds = pairs.cross_validate_pair(pair_settings)
        rows.append(row | {"extract_s": round(sum(extract_s[kind] for kind in kinds), 1)})
        write_json(folder / f"{features}_{model}.json", folds, indent=None)
        write_json(TABLE, rows)


def format_row(
    features: str, name: str, row: dict, compared: dict[str, dict[str, float]]
) -> list[str]:
    """compared: the differences from REFERENCE, by pair."""
    interval = f"{row['low']:.2f} to {row['high']:.2f}"
    scores = [f"{row[score]:.3f}" for score in ("macro_recall", "macro_f1")]
    seconds = f"{row['train_s']:.0f}" if "train_s" in row else ""
    pair = compared.get(f"{name} on {features}")
    difference = format_difference(pair) if pair else ""
    return [features, name, f"{row['song_accuracy']:.3f}", interval, *scores, seconds, difference]


def main() -> None:
    settings = params.load_for_command(__doc__)
    folder = RESULTS / f"models_{settings.corpus}"
    rows = read_rows(TABLE)
    run_missing_pairs(settings, rows, folder)
    rows = [row for row in rows if row["corpus"] == settings.corpus]
    order = {(features, model): index for index, (features, model, *_) in enumerate(ROWS)}
    rows.sort(key=lambda row: order[row["features"], row["model"]])
    folds_by_pair = {
        f"{row['model']} on {row['features']}": pairs.load_folds(row, folder) for row in rows
    }
    combined = combine_pairs(folds_by_pair, POOLS, settings.train.seed)
    write_json(folder / "together.json", combined)
    compared = {}
    if REFERENCE in folds_by_pair:
        compared = compare_pairs(folds_by_pair, REFERENCE, settings.train.seed)
        write_json(folder / "compared.json", compared)
    picture = RESULTS / f"models_{settings.corpus}_confusion.png"
    pairs.plot_best_pair(settings, rows, folder, picture)
    lines = [
        format_row(row["features"], row["model"], row, compared)
        for row in sorted(rows, key=lambda row: row["song_accuracy"])
    ]
    lines += [format_row("", name, row, compared) for name, row in combined.items()]
    titles = ["features", "model", "songs", "95 % interval", "macro recall", "macro-F1"]
    print_table([*titles, "s a fold", f"more than {REFERENCE}"], lines)
    print(f"\nNested validation chose {combined['chosen by nested validation']['chosen']}")
    print_source("models", TABLE, folder, picture)


if __name__ == "__main__":
    run(main)
