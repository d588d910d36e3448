"""Trains scikit-learn classifiers on statistics of songs or segments."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import softmax

from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError
from musicregion.models import opinion_pool, registry, saving

if TYPE_CHECKING:
    import pandas as pd

    from musicregion.config.params import Params
    from musicregion.models.base import OnEpoch


@dataclass(frozen=True)
class SklearnClassifier:
    """Fitted estimators by their input, "song" or "segment"; see models.base.Classifier.

    With both, their predictions of a song are pooled.
    """

    members: dict[str, Any]  # sklearn.pipeline.Pipeline, or OnnxModel of an exported model
    regions: int

    def predict_segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        if "segment" in self.members:
            return self._predict_proba("segment", data.segment_means[rows])
        return self._predict_proba("song", data.segment_statistics[rows])

    def predict_songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        names = np.unique(data.songs[rows])
        statistics = np.stack([data.song_statistics[name] for name in names])
        opinions = [self._predict_proba("song", statistics)]
        if "segment" in self.members:
            segments = self.predict_segments(data, rows)
            opinions.append(opinion_pool.combine_segments(segments, data.songs[rows])[1])
        return names, opinion_pool.combine(opinions)

    def save(self, folder: Path) -> None:
        saving.save_sklearn(self.members, folder / "model.skops")

    def export(self, folder: Path) -> None:
        from musicregion.models import onnx_export, onnx_files

        for name, estimator in self.members.items():
            onnx_export.export_sklearn(estimator, folder / onnx_files.MEMBERS[name])

    def _predict_proba(self, member: str, statistics: np.ndarray) -> np.ndarray:
        """Probabilities [n, region] from [n, statistic]; of margins, where there are none.

        The softmax of margins is no probability until it is calibrated on validation songs.
        """
        estimator = self.members[member]
        if hasattr(estimator, "predict_proba"):
            probabilities = estimator.predict_proba(statistics)
        else:
            margins = estimator.decision_function(statistics)
            if margins.ndim == 1:  # for two regions scikit-learn returns the second's alone
                margins = np.stack([-margins, margins], axis=1)
            probabilities = softmax(margins, axis=1)
        result = np.zeros((len(statistics), self.regions))
        result[:, estimator.classes_] = probabilities  # 0 for a region without training rows
        return result


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
    shape = len(train), data.segment_means.shape[1]
    members = registry.load_module(settings.model).members(section, settings.train.seed, shape)
    songs, first = np.unique(data.songs[train], return_index=True)
    inputs = {"song": (np.stack([data.song_statistics[song] for song in songs]), train[first])}
    if "segment" in members:
        inputs["segment"] = data.segment_means[train], train
    for name, estimator in members.items():
        statistics, rows = inputs[name]
        if not np.isfinite(statistics).all():
            song = data.songs[rows][~np.isfinite(statistics).all(axis=1)][0]
            raise InputError(
                f"train: a feature of song {song} is not a finite number. "
                "`dvc repro -f features` computes the features again."
            )
        weight = song_weights(data.labels[rows], data.songs[rows], settings.train.balance != "none")
        last = estimator.steps[-1][0]
        estimator.fit(statistics, data.labels[rows], **{f"{last}__sample_weight": weight})
    model = SklearnClassifier(members, len(data.regions))
    metrics = {}
    for prefix, part in (("", train), ("val_", validation)):
        if part is not None:
            probabilities, labels = model.predict_segments(data, part), data.labels[part]
            metrics[f"{prefix}accuracy"] = float((probabilities.argmax(axis=1) == labels).mean())
            metrics[f"{prefix}loss"] = log_loss(probabilities, labels)
    on_epoch(1, metrics)
    return model, pd.DataFrame([{"epoch": 1, **metrics}])
