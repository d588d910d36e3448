"""Divides segments in two ways, and predicts each by a model that did not train on it."""

import numpy as np

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

FOLDS = 5


def first_segments(data: Dataset, count: int) -> Dataset:
    """The first `count` segments of each song that belongs to a region."""
    known = data.known()
    _, song = np.unique(data.songs[known], return_inverse=True)
    order = np.argsort(song, kind="stable")
    first = np.searchsorted(song[order], song[order])
    index = np.empty(len(known), int)
    index[order] = np.arange(len(known)) - first
    return data.take(known[index < count])


def divide(data: Dataset, way: str, bootstrap: bool, seed: int) -> tuple[Dataset, np.ndarray]:
    """The segments to divide, and the fold of each, int [segment]."""
    from musicregion.dataset.balance import oversample
    from musicregion.evaluation.crossvalidation import assign_segment_folds

    if way == "whole":
        return data, assign_segment_folds(data, FOLDS, seed)
    random = np.random.default_rng(seed)
    rows = oversample(data.labels, random) if bootstrap else np.arange(len(data))
    return data.take(rows), random.permutation(len(rows)) % FOLDS


def predict_out_of_fold(data: Dataset, fold: np.ndarray, settings: Params) -> np.ndarray:
    """Probabilities [segment, region] by models that did not train on the segment."""
    from tqdm import tqdm

    from musicregion.models import fit

    probabilities = np.zeros((len(data), len(data.regions)))
    for test in tqdm(range(FOLDS), settings.model, unit="fold"):
        validation = (test + 1) % FOLDS
        rows = {part: np.flatnonzero(fold == part) for part in (test, validation)}
        train = np.flatnonzero((fold != test) & (fold != validation))
        model, _ = fit.fit_model(data, train, rows[validation], settings, lambda *_: None)
        probabilities[rows[test]] = model.predict_segments(data, rows[test])
    return probabilities


def score(data: Dataset, probabilities: np.ndarray, seed: int) -> dict[str, float]:
    """Accuracy with its interval over songs, and macro recall, of segments and of songs."""
    from sklearn.metrics import recall_score

    from musicregion.evaluation.metrics import bootstrap_interval
    from musicregion.models.opinion_pool import combine_segments

    _, of_songs = combine_segments(probabilities, data.songs)
    first = np.unique(data.songs, return_index=True)[1]
    scores = {}
    for unit, actual, predicted, groups in (
        ("segment", data.labels, probabilities.argmax(axis=1), data.groups),
        ("song", data.labels[first], of_songs.argmax(axis=1), data.groups[first]),
    ):
        low, high = bootstrap_interval(actual == predicted, groups, seed)
        recall = recall_score(actual, predicted, average="macro")
        values = {"accuracy": (actual == predicted).mean(), "low": low, "high": high}
        values |= {"macro_recall": recall, "majority": np.bincount(actual).max() / len(actual)}
        scores |= {f"{unit}_{name}": round(float(value), 4) for name, value in values.items()}
    return scores
