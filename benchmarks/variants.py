"""Cross-validates ways of training that are not in the pipeline.

There is no early stopping and no selection: every fold trains on the other folds and predicts its
own songs. The folds are those of the first repeat of evaluate.folds = 5.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.choice import pool_folds, score_folds
from benchmarks.report import print_table, read_rows, write_json
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

FOLDS = 5
# (rows to train on, rows to test on) to ids, sorted, [song], and probabilities [song, region]
Predict = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def predict_folds(data: Dataset, settings: Params, name: str, predict: Predict) -> list[dict]:
    """Each fold's predictions, as benchmarks.choice takes them."""
    from tqdm import tqdm

    from musicregion.evaluation import crossvalidation

    fold_of_rows = crossvalidation.assign_segment_folds(data, FOLDS, settings.split.seed)
    folds = []
    for number in tqdm(range(FOLDS), name, unit="fold"):
        train = np.flatnonzero((fold_of_rows >= 0) & (fold_of_rows != number))
        test = np.flatnonzero(fold_of_rows == number)
        songs, probabilities = predict(train, test)
        first = test[np.unique(data.songs[test], return_index=True)[1]]
        folds.append(
            {
                "repeat": 1,
                "fold": number,
                "songs": songs.tolist(),
                "actual": data.labels[first].tolist(),
                "groups": data.groups[first].tolist(),
                "probabilities": probabilities.tolist(),
            }
        )
    return folds


def evaluate_variants(
    table: Path,
    data: Dataset,
    settings: Params,
    variants: dict[str, Predict],
    committee: list[dict] | None = None,
) -> None:
    """Evaluate the variants that are not in the table (JSON) yet, add their rows, and print all.

    committee: the committee's predictions of the same folds, to be pooled with each variant's.
    """
    rows = read_rows(table)
    setup = {"corpus": settings.corpus, "features": settings.features}
    evaluated = [row["variant"] for row in rows if setup.items() <= row.items()]
    for name, predict in variants.items():
        if name in evaluated:
            continue
        start = time.perf_counter()
        folds = predict_folds(data, settings, name, predict)
        seconds = round((time.perf_counter() - start) / FOLDS, 1)
        scores = score_folds(folds, settings.train.seed)
        if committee:
            pooled = pool_folds({"committee": committee, name: folds})
            scores["with_committee"] = score_folds(pooled, settings.train.seed)["song_accuracy"]
        rows.append(setup | {"variant": name} | scores | {"train_s": seconds})
        write_json(table, rows)
    print_table(
        ["variant", "songs", "95 % interval", "macro recall", "with committee", "s a fold"],
        [
            (
                row["variant"],
                f"{row['song_accuracy']:.3f}",
                f"{row['low']:.2f} to {row['high']:.2f}",
                f"{row['macro_recall']:.3f}",
                row.get("with_committee", ""),
                f"{row['train_s']:.0f}",
            )
            for row in rows
            if setup.items() <= row.items()
        ],
    )
