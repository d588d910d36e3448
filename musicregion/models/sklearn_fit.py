"""Trains scikit-learn classifiers on statistics of songs or segments."""

from typing import TYPE_CHECKING

import numpy as np

from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError
from musicregion.models import registry
from musicregion.models.scaling import MIN_VARIANCE
from musicregion.models.sklearn_model import SklearnClassifier

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from musicregion.config.params import Params
    from musicregion.models.base import OnEpoch


def song_weights(labels: np.ndarray, songs: np.ndarray, balanced: bool) -> np.ndarray:
    """Sample weights [n], mean 1: equal for all songs, or for all regions if balanced.

    labels: int [n]; songs: [n].
    """
    _, song_index = np.unique(songs, return_inverse=True)
    weight = 1 / np.bincount(song_index)[song_index]
    if balanced:
        weight /= np.bincount(labels, weights=weight)[labels]
    return weight / weight.mean()


def log_loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-probability of the true regions, in nats.

    Equal to log_loss of scikit-learn, which warns where rows add up to 1 in float32 only, as those
    of an estimator fitted on float32 do.

    probabilities: float64 [n, region]; labels: int [n].
    """
    eps = np.finfo(probabilities.dtype).eps
    likelihoods = probabilities[np.arange(len(labels)), labels].clip(eps, 1 - eps)
    return float(-np.log(likelihoods).mean())


def _training_statistics(
    data: Dataset, kind: str, unit: str, train: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Statistics [n, statistic] of the songs or segments of `train`, and a row of each, int [n]."""
    if unit == "segment":
        return data.segment_means(kind)[train], train
    songs, first = np.unique(data.songs[train], return_index=True)
    of_songs = data.song_statistics(kind)
    return np.stack([of_songs[song] for song in songs]), train[first]


def _fit_estimator(
    estimator: "Pipeline", data: Dataset, kind: str, unit: str, train: np.ndarray, balanced: bool
) -> None:
    """Fit on the songs or segments (unit) of `train`; their copied statistics are then dropped."""
    statistics, rows = _training_statistics(data, kind, unit, train)
    if not np.isfinite(statistics).all():
        song = data.songs[rows][~np.isfinite(statistics).all(axis=1)][0]
        raise InputError(
            f"train: a feature of song {song} is not a finite number. "
            "`dvc repro -f features` computes the features again."
        )
    if statistics.var(axis=0).max() <= MIN_VARIANCE:
        raise InputError(
            f"train: the {kind} features of all songs are equal, as tonal features of songs "
            "without a melody do. Choose other features in params.yaml."
        )
    weight = song_weights(data.labels[rows], data.songs[rows], balanced)
    last = estimator.steps[-1][0]
    estimator.fit(statistics, data.labels[rows], **{f"{last}__sample_weight": weight})


def fit_sklearn(
    data: Dataset,
    train: np.ndarray,
    validation: np.ndarray | None,
    settings: "Params",
    on_epoch: "OnEpoch",
) -> "tuple[SklearnClassifier, pd.DataFrame]":
    """Fit the chosen estimators; arguments and results as of models.fit.fit_model."""
    import pandas as pd

    section = getattr(settings, settings.model)
    balanced = settings.train.balance != "none"
    members = {}
    for kind in data.features:
        shape = len(train), data.segment_means(kind).shape[1]
        members[kind] = registry.load_module(settings.model).members(
            section, settings.train.seed, shape, kind
        )
        for unit, estimator in members[kind].items():
            _fit_estimator(estimator, data, kind, unit, train, balanced)
    model = SklearnClassifier(members, len(data.regions))
    metrics = {}
    for prefix, part in (("", train), ("val_", validation)):
        if part is not None:
            probabilities, labels = model.predict_segments(data, part), data.labels[part]
            metrics[f"{prefix}accuracy"] = float((probabilities.argmax(axis=1) == labels).mean())
            metrics[f"{prefix}loss"] = log_loss(probabilities, labels)
    on_epoch(1, metrics)
    return model, pd.DataFrame([{"epoch": 1, **metrics}])
