"""Pairs of features and model: cross-validated rows, stored predictions, time of extraction."""

import json
import time
from pathlib import Path

import numpy as np

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset


def estimate_extraction_seconds(features: str, settings: Params, sample: int) -> float:
    """Seconds for all songs' features in one process, estimated from `sample` segments or more."""
    from musicregion.features.front_end import load_front_end
    from musicregion.features.kind import extract_song
    from musicregion.features.registry import KINDS
    from musicregion.storage import tables
    from musicregion.storage.paths import SEGMENT_FLACS, features_front_end

    kind, settings_of_kind = KINDS[features], getattr(settings, features)
    network = kind.make_network(settings_of_kind) if kind.make_network else None
    front_end = load_front_end(features_front_end(features))
    table = tables.SEGMENTS.read()
    counts = table.groupby(["region", "song"]).size().sample(frac=1, random_state=1)
    timed, start = 0, None
    for (region, song), count in counts.items():
        path = SEGMENT_FLACS / region / f"{song}.flac"
        extract_song(kind.compute_song, path, count, front_end, settings_of_kind, network)
        if start is None:  # the first song loads what all need, and is not timed
            start = time.perf_counter()
            continue
        timed += count
        if timed >= sample:
            break
    return (time.perf_counter() - start) / timed * len(table)


def cross_validate_pair(settings: Params, data: Dataset | None = None) -> tuple[dict, list[dict]]:
    """The pair's row of models.json, and each fold's predictions as benchmarks.choice takes them.

    settings: features, model, evaluate.folds and evaluate.repeats decide. data: the dataset; None:
    that of the features in data/.
    """
    from tqdm import tqdm

    from musicregion.dataset import loading
    from musicregion.evaluation import crossvalidation

    if data is None:
        data = loading.load_dataset(settings.kinds)
    start = time.perf_counter()
    total = settings.evaluate.folds * settings.evaluate.repeats
    label = f"{settings.model} on {settings.features}"
    folds = list(tqdm(crossvalidation.cross_validate(data, settings), label, total, unit="fold"))
    seconds = time.perf_counter() - start
    song = crossvalidation.summarise_folds(folds, "song", settings.train.seed)
    segment = crossvalidation.summarise_folds(folds, "segment", settings.train.seed)
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
        "train_s": round(seconds / total, 1),  # of a fold: both trainings and the predictions
    }
    predictions = []
    for fold in folds:
        validation, test = fold.result.validation["song"], fold.result.test["song"]
        predictions.append(
            {
                "repeat": fold.repeat,
                "fold": fold.fold,
                "validation": float((validation.predicted == validation.actual).mean()),
                "songs": test.songs.tolist(),
                "actual": test.actual.tolist(),
                "groups": test.groups.tolist(),
                "probabilities": fold.result.calibrated("test", "song").round(4).tolist(),
            }
        )
    return row, predictions


def load_folds(row: dict, folder: Path) -> list[dict]:
    """The stored predictions of a row's pair."""
    return json.loads((folder / f"{row['features']}_{row['model']}.json").read_text())


def plot_best_pair(settings: Params, rows: list[dict], folder: Path, path: Path) -> None:
    """The confusion matrix of the most accurate pair, first repeat, which has every song once."""
    from musicregion.dataset import loading
    from musicregion.evaluation import plots

    best = max(rows, key=lambda row: row["song_accuracy"])
    folds = [fold for fold in load_folds(best, folder) if fold["repeat"] == 1]
    actual = np.concatenate([fold["actual"] for fold in folds])
    predicted = np.concatenate([fold["probabilities"] for fold in folds]).argmax(axis=1)
    regions = loading.load_dataset(tuple(best["features"].split("+"))).regions
    title = f"{best['model']} on {best['features']}, corpus {settings.corpus}, {len(folds)} folds"
    plots.plot_confusion(actual, predicted, regions, "song", title, path)
