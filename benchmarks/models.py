"""`python -m benchmarks.models`: every model on every kind of features, by songs never heard.

On the corpus of params.yaml, whose segments must be in data/ (`dvc exp run -S corpus=games`).
Makes what features are missing, times their extraction in one process on a sample, and
cross-validates every pair of ROWS, 5 folds, copies of a recording together. A pair that is in
benchmarks/results/models.json already is not run again; take its row out to have it anew. Prints
the table, best last, and the choice by nested validation.

Nested: in each fold the pair is chosen that did best on that fold's *validation* songs, and it
answers for the fold's test songs; of equals the one that is first in ROWS; pairs with one repeat
cannot be chosen. That row, not the best of all rows, is what may be expected of
choosing by these figures: the best row is partly luck.
"""

import json
import os
import time
from pathlib import Path

import numpy as np

from benchmarks.choice import nested, scored, together
from musicregion.command import run
from musicregion.config import params, sections
from musicregion.config.params import Params

RESULTS = Path("benchmarks/results")
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
    ("logmel", "temporal", 1, SHORT),
    ("mfcc", "temporal", 1, SHORT),
    ("musicnn", "dense_deep", 1, SHORT),
    ("musicnn", "bag_of_frames", 1, SHORT),
    ("mfcc", "dense_deep", 1, SHORT),
    ("mfcc", "cnn", 1, SHORT),
    ("mfcc", "dense", 1, SHORT),
]
TOGETHER = [  # pairs whose log-probabilities are averaged: features combined
    ("committee on musicnn", "committee on logmel"),
    ("committee on musicnn", "committee on mfcc", "committee on logmel"),
    ("committee on musicnn", "bag_of_frames on musicnn"),
    ("committee on musicnn", "temporal on logmel"),
    ("committee on mfcc", "temporal on mfcc"),
    ("committee on logmel", "temporal on logmel"),
    ("committee on musicnn", "committee on logmel", "temporal on logmel"),
]
SAMPLE = 200  # segments


def seconds_of_extraction(features: str, settings: Params) -> float:
    """What all songs' features take in one process, from a sample of SAMPLE segments or more."""
    from musicregion.features.registry import KINDS
    from musicregion.storage import tables
    from musicregion.storage.paths import SEGMENT_FLACS

    extract_song = KINDS[features].extract_song
    table = tables.SEGMENTS.read()
    counts = table.groupby(["region", "song"]).size().sample(frac=1, random_state=1)
    heard, start = 0, None
    for (region, song), count in counts.items():
        path = SEGMENT_FLACS / region / f"{song}.flac"
        extract_song(path, count, getattr(settings, features))
        if start is None:  # the first song loads what all need
            start = time.perf_counter()
            continue
        heard += count
        if heard >= SAMPLE:
            break
    return (time.perf_counter() - start) / heard * len(table)


def judged(settings: Params) -> tuple[dict, list[dict]]:
    """The row of models.json, and each fold's answers for nested choice."""
    from tqdm import tqdm

    from musicregion.dataset import dataset
    from musicregion.evaluation import crossvalidation

    data = dataset.load_dataset(settings.features)
    start = time.perf_counter()
    total = FOLDS * settings.evaluate.repeats
    label = f"{settings.model} on {settings.features}"
    found = list(tqdm(crossvalidation.cross_validate(data, settings), label, total, unit="fold"))
    seconds = time.perf_counter() - start
    song = crossvalidation.summarise_folds(found, "song", settings.train.seed)
    segment = crossvalidation.summarise_folds(found, "segment", settings.train.seed)
    row = {
        "corpus": settings.corpus,
        "features": settings.features,
        "model": settings.model,
        "repeats": settings.evaluate.repeats,
        "song_accuracy": round(song["accuracy"], 4),
        "low": round(song["accuracy_low"], 4),
        "high": round(song["accuracy_high"], 4),
        "macro_recall": round(song["macro_recall"], 4),
        "macro_f1": round(song["macro_f1"], 4),
        "segment_accuracy": round(segment["accuracy"], 4),
        "train_s": round(seconds / total, 1),  # of a fold: both trainings and the answers
    }
    answers = []
    for fold in found:
        held, test = fold.assessment.validation["song"], fold.assessment.test["song"]
        answers.append(
            {
                "repeat": fold.repeat,
                "fold": fold.fold,
                "validation": float((held.predicted == held.actual).mean()),
                "songs": test.songs.tolist(),
                "actual": test.actual.tolist(),
                "groups": test.groups.tolist(),
                "probabilities": fold.assessment.calibrated("test", "song").round(4).tolist(),
            }
        )
    return row, answers


def draw(settings: Params, rows: list[dict], folder: Path) -> None:
    """The confusion matrix of the most accurate pair, its first repeat: every song once."""
    from musicregion.dataset import dataset
    from musicregion.evaluation import plots

    best = max(rows, key=lambda row: row["song_accuracy"])
    pair = f"{best['features']}_{best['model']}"
    folds = json.loads((folder / f"{pair}.json").read_text())
    first = [fold for fold in folds if fold["repeat"] == 1]
    actual = np.concatenate([fold["actual"] for fold in first])
    predicted = np.concatenate([fold["probabilities"] for fold in first]).argmax(axis=1)
    regions = dataset.load_dataset(best["features"]).regions
    title = f"{best['model']} on {best['features']}, corpus {settings.corpus}, {FOLDS} folds"
    picture = RESULTS / f"models_{settings.corpus}_confusion.png"
    plots.plot_confusion(actual, predicted, regions, "song", title, picture)


def main() -> None:
    settings = params.load_for_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from musicregion.features.extract import extract_corpus
    from musicregion.features.registry import KINDS
    from musicregion.storage.paths import features_array

    rows = json.loads(TABLE.read_text()) if TABLE.is_file() else []
    folder = RESULTS / f"models_{settings.corpus}"
    folder.mkdir(parents=True, exist_ok=True)
    extract_s = {
        row["features"]: row["extract_s"] for row in rows if row["corpus"] == settings.corpus
    }
    for features, model, repeats, changes in ROWS:
        known = {(row["corpus"], row["features"], row["model"]) for row in rows}
        if (settings.corpus, features, model) in known:
            continue
        if not features_array(features).is_file():
            extract_corpus(features, KINDS[features], getattr(settings, features))
        if features not in extract_s:
            extract_s[features] = seconds_of_extraction(features, settings)
        chosen = settings.model_copy(
            update={
                "features": features,
                "model": model,
                "train": settings.train.model_copy(update=changes),
                "evaluate": sections.Evaluate(folds=FOLDS, repeats=repeats),
            }
        )
        row, answers = judged(chosen)
        rows.append(row | {"extract_s": round(extract_s[features], 1)})
        (folder / f"{features}_{model}.json").write_text(json.dumps(answers) + "\n")
        TABLE.write_text(json.dumps(rows, indent=2) + "\n")
    rows = [row for row in rows if row["corpus"] == settings.corpus]
    place = {(features, model): at for at, (features, model, *_) in enumerate(ROWS)}
    answers = {
        f"{row['model']} on {row['features']}": json.loads(
            (folder / f"{row['features']}_{row['model']}.json").read_text()
        )
        for row in sorted(rows, key=lambda row: place[row["features"], row["model"]])
    }
    seed = settings.train.seed
    repeated = {pair: folds for pair, folds in answers.items() if len(folds) > FOLDS}
    choice, counts = nested(repeated)
    more = {"chosen by nested validation": scored(choice, seed) | {"chosen": counts}}
    for pairs in TOGETHER:
        if all(pair in answers for pair in pairs):
            length = min(len(answers[pair]) for pair in pairs)
            joined = together({pair: answers[pair][:length] for pair in pairs})
            more[" + ".join(pairs)] = scored(joined, seed) | {"repeats": length // FOLDS}
    (folder / "together.json").write_text(json.dumps(more, indent=2) + "\n")
    draw(settings, rows, folder)
    print("| features | model | songs | 95 % interval | macro recall | macro-F1 | s a fold |")
    print("|---|---|---|---|---|---|---|")
    for row in sorted(rows, key=lambda row: row["song_accuracy"]):
        print(
            f"| {row['features']} | {row['model']} | {row['song_accuracy']:.3f} "
            f"| {row['low']:.2f} to {row['high']:.2f} | {row['macro_recall']:.3f} "
            f"| {row['macro_f1']:.3f} | {row['train_s']:.0f} |"
        )
    for name, row in more.items():
        print(
            f"| | {name} | {row['song_accuracy']:.3f} | {row['low']:.2f} to {row['high']:.2f} "
            f"| {row['macro_recall']:.3f} | {row['macro_f1']:.3f} | |"
        )
    print(f"\nNested validation chose {counts}")


if __name__ == "__main__":
    run(main)
