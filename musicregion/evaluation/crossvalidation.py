"""Predicts every song with a model that was trained on neither the song nor a copy of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from musicregion.compute import dask_cluster
from musicregion.config.params import Params
from musicregion.dataset import loading
from musicregion.dataset.dataset import Dataset
from musicregion.dataset.splitting import assign_folds, regions_below
from musicregion.errors import NotEnoughData
from musicregion.evaluation.holdout import HoldoutResult, evaluate_holdout
from musicregion.evaluation.metrics import Predictions, bootstrap_interval
from musicregion.storage import checksums, paths


@dataclass(frozen=True)
class Fold:
    """One fold of one repeat, with the predictions for its test songs."""

    repeat: int  # from 1; each repeat divides the songs differently
    fold: int  # from 0; the one that was the test part
    result: HoldoutResult  # without its model


def assign_segment_folds(data: Dataset, count: int, seed: int) -> np.ndarray:
    """Fold of each segment, int [segment]; -1 for UNKNOWN rows. Groups of songs stay whole."""
    known = data.known()
    _, first, song_index = np.unique(data.songs[known], return_index=True, return_inverse=True)
    rows = known[first]
    regions = np.array(data.regions)[data.labels[rows]]
    fold = np.full(len(data.songs), -1)
    fold[known] = assign_folds(regions, data.groups[rows], count, seed)[song_index]
    return fold


def require_songs_per_fold(data: Dataset, settings: Params) -> None:
    """Stop if a region has fewer groups of songs than there are folds.

    Raises:
        NotEnoughData: names each such region, and what to do.
    """
    count = settings.evaluate.folds
    groups = {
        name: len(set(data.groups[data.labels == label])) for label, name in enumerate(data.regions)
    }
    too_few = regions_below(groups, count)
    if too_few:
        raise NotEnoughData(
            f"train: too few songs, or albums that are kept whole, for evaluate.folds = {count} "
            f"in: {too_few}. Lower evaluate.folds."
        )


def run_fold(data: Dataset, settings: Params, repeat: int, test: int) -> Fold:
    """Train and test for one fold; the fold after the test fold is the validation part.

    repeat: from 1. test: the test fold, from 0.
    """
    count = settings.evaluate.folds
    fold = assign_segment_folds(data, count, settings.split.seed + repeat - 1)
    validation = (test + 1) % count
    train = np.flatnonzero((fold >= 0) & (fold != test) & (fold != validation))
    rows = train, np.flatnonzero(fold == validation), np.flatnonzero(fold == test)
    # one thread, as on a cluster's workers, so that sums are equal to the last bit
    with threadpool_limits(1, "blas"):
        result = evaluate_holdout(data, *rows, settings, lambda epoch, metrics: None)
    return Fold(repeat, test, replace(result, model=None))  # the models would fill the memory


def run_fold_on_worker(
    packed: bytes, features_md5: str, settings: Params, repeat: int, test: int
) -> Fold:
    """As run_fold, in a worker's process, which reads the features from disk."""
    data = loading.unpack(packed, settings.kinds, features_md5)
    return run_fold(data, settings, repeat, test)


def cross_validate(data: Dataset, settings: Params) -> Iterator[Fold]:
    """Run every fold of every repeat, in this process or on the cluster."""
    folds = [
        (settings, repeat, test)
        for repeat in range(1, settings.evaluate.repeats + 1)
        for test in range(settings.evaluate.folds)
    ]
    if dask_cluster.scheduler_address():
        shared = loading.pack(data), checksums.md5(paths.FEATURES_TABLE)
        yield from dask_cluster.map_tasks(
            run_fold_on_worker, [shared + fold for fold in folds], "train"
        )
    else:
        for fold in folds:
            yield run_fold(data, *fold)


def out_of_fold_predictions(
    folds: list[Fold], repeat: int, unit: str, calibrated: bool = True
) -> Predictions:
    """All test predictions of one repeat: each song (or segment) once.

    unit: "song" or "segment".
    """
    results = [fold.result for fold in folds if fold.repeat == repeat]
    tests = [result.test[unit] for result in results]
    probabilities = [test.probabilities for test in tests]
    if calibrated:
        probabilities = [result.calibrated("test", unit) for result in results]
    return Predictions(
        np.concatenate([test.actual for test in tests]),
        np.concatenate(probabilities),
        np.concatenate([test.songs for test in tests]),
        np.concatenate([test.groups for test in tests]),
    )


def summarise_folds(folds: list[Fold], unit: str, seed: int) -> dict[str, float]:
    """Means over repeats, the standard deviation over folds, and the interval over songs.

    A song that is in every repeat is one song: the bootstrap draws all its predictions together.
    """
    from sklearn.metrics import f1_score, recall_score

    repeats = [
        out_of_fold_predictions(folds, repeat, unit)
        for repeat in sorted({fold.repeat for fold in folds})
    ]
    correct = np.concatenate([predictions.correct for predictions in repeats])
    groups = np.concatenate([predictions.groups for predictions in repeats])
    low, high = bootstrap_interval(correct, groups, seed)
    by_fold = [fold.result.test[unit].correct.mean() for fold in folds]
    recall = [recall_score(each.actual, each.predicted, average="macro") for each in repeats]
    f1 = [f1_score(each.actual, each.predicted, average="macro") for each in repeats]
    return {
        "accuracy": float(correct.mean()),
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_spread": float(np.std(by_fold)),  # standard deviation over folds
        "macro_recall": float(np.mean(recall)),
        "macro_f1": float(np.mean(f1)),
    }
