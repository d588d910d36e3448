"""Every song judged by a model that has heard neither it nor a copy of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from musicregion.compute import dask_cluster
from musicregion.config.params import Params
from musicregion.dataset import dataset
from musicregion.dataset.dataset import Dataset
from musicregion.dataset.splitting import assign_folds, regions_below
from musicregion.errors import NotEnoughData
from musicregion.evaluation.holdout import HoldoutResult, evaluate_holdout
from musicregion.evaluation.metrics import Predictions, bootstrap_interval
from musicregion.storage import checksums, paths


@dataclass(frozen=True)
class Fold:
    repeat: int  # from 1; each divides the songs anew
    fold: int  # from 0; the part that was tested
    assessment: HoldoutResult


def assign_segment_folds(data: Dataset, count: int, seed: int) -> np.ndarray:
    """Fold of each segment, int [segment]; UNKNOWN rows have -1. Groups of songs stay whole."""
    known = data.known()
    _, first, place = np.unique(data.songs[known], return_index=True, return_inverse=True)
    rows = known[first]
    regions = np.array(data.regions)[data.labels[rows]]
    fold = np.full(len(data.songs), -1)
    fold[known] = assign_folds(regions, data.groups[rows], count, seed)[place]
    return fold


def require_songs_per_fold(data: Dataset, settings: Params) -> None:
    """Stop where a region has fewer groups of songs than folds.

    Raises:
        NotEnoughData: names each such region, and what to do.
    """
    count = settings.evaluate.folds
    groups = {
        name: len(set(data.groups[data.labels == label])) for label, name in enumerate(data.regions)
    }
    named = regions_below(groups, count)
    if named:
        raise NotEnoughData(
            f"train: too few songs, or albums that are kept whole, for evaluate.folds = {count} "
            f"in: {named}. Lower evaluate.folds."
        )


def run_fold(data: Dataset, settings: Params, repeat: int, test: int) -> Fold:
    """Train for one fold; the fold after the tested one is for validation."""
    count = settings.evaluate.folds
    fold = assign_segment_folds(data, count, settings.split.seed + repeat - 1)
    validation = (test + 1) % count
    train = np.flatnonzero((fold >= 0) & (fold != test) & (fold != validation))
    rows = train, np.flatnonzero(fold == validation), np.flatnonzero(fold == test)
    with threadpool_limits(1, "blas"):  # as on a cluster's workers: the same sums, bit by bit
        found = evaluate_holdout(data, *rows, settings, lambda epoch, metrics: None)
    return Fold(repeat, test, replace(found, model=None))  # or all would stay in memory


def run_fold_on_worker(light: bytes, md5: str, settings: Params, repeat: int, test: int) -> Fold:
    """As `one`, in a worker's process, which reads the features itself."""
    return run_fold(dataset.unpack(light, settings.features, md5), settings, repeat, test)


def cross_validate(data: Dataset, settings: Params) -> Iterator[Fold]:
    """Train for every fold of every repeat, here or on the cluster."""
    asked = [
        (settings, repeat, test)
        for repeat in range(1, settings.evaluate.repeats + 1)
        for test in range(settings.evaluate.folds)
    ]
    if dask_cluster.scheduler_address():
        shared = dataset.pack(data), checksums.md5(paths.features_array(settings.features))
        yield from dask_cluster.map_tasks(
            run_fold_on_worker, [shared + item for item in asked], "train"
        )
    else:
        for item in asked:
            yield run_fold(data, *item)


def out_of_fold_predictions(
    found: list[Fold], repeat: int, unit: str, calibrated: bool = True
) -> Predictions:
    """All answers of one repeat; every song (or segment) has one."""
    tests = [fold.assessment for fold in found if fold.repeat == repeat]
    levels = [one.test[unit] for one in tests]
    answers = [level.probabilities for level in levels]
    if calibrated:
        answers = [one.calibrated("test", unit) for one in tests]
    return Predictions(
        np.concatenate([level.actual for level in levels]),
        np.concatenate(answers),
        np.concatenate([level.songs for level in levels]),
        np.concatenate([level.groups for level in levels]),
    )


def summarise_folds(found: list[Fold], unit: str, seed: int) -> dict[str, float]:
    """Mean over repeats, spread over folds, and the interval over songs.

    A song that is in every repeat is one song: it is drawn with all its answers.
    """
    from sklearn.metrics import f1_score, recall_score

    levels = [
        out_of_fold_predictions(found, repeat, unit)
        for repeat in sorted({fold.repeat for fold in found})
    ]
    right = np.concatenate([level.predicted == level.actual for level in levels])
    low, high = bootstrap_interval(right, np.concatenate([level.groups for level in levels]), seed)
    by_fold = [
        (fold.assessment.test[unit].predicted == fold.assessment.test[unit].actual).mean()
        for fold in found
    ]
    recall = [recall_score(level.actual, level.predicted, average="macro") for level in levels]
    f1 = [f1_score(level.actual, level.predicted, average="macro") for level in levels]
    return {
        "accuracy": float(right.mean()),
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_spread": float(np.std(by_fold)),  # standard deviation over folds
        "macro_recall": float(np.mean(recall)),
        "macro_f1": float(np.mean(f1)),
    }
