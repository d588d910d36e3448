"""Classifiers of scikit-learn on pooled statistics: the yardsticks of every network, and more."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import softmax

from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError
from musicregion.models import opinion_pool, registry, saving

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from musicregion.config.params import Params
    from musicregion.models.base import OnEpoch


@dataclass(frozen=True)
class SklearnClassifier:
    """Fitted estimators by what they hear, "song" or "segment"; see classifier.Classifier."""

    members: dict[str, "Pipeline"]
    regions: int

    def predict_segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        if "segment" in self.members:
            return self._ask("segment", data.segment_means[rows])
        return self._ask("song", data.segment_statistics[rows])

    def predict_songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        names = np.unique(data.songs[rows])
        answers = [self._ask("song", np.stack([data.song_statistics[name] for name in names]))]
        if "segment" in self.members:
            answers.append(
                opinion_pool.combine_segments(self.predict_segments(data, rows), data.songs[rows])[
                    1
                ]
            )
        return names, opinion_pool.combine(answers)

    def save(self, folder: Path) -> None:
        saving.save_sklearn(self.members, folder / "model.skops")

    def export(self, folder: Path) -> None:
        from musicregion.models import onnx_export, onnx_files

        for name, estimator in self.members.items():
            onnx_export.export_sklearn(estimator, folder / onnx_files.MEMBERS[name])

    def _ask(self, member: str, statistics: np.ndarray) -> np.ndarray:
        """Probabilities [n, region] from [n, statistic].

        A margin is no probability: the temperature that is fitted on validation makes it one.
        """
        estimator = self.members[member]
        if hasattr(estimator, "predict_proba"):
            found = estimator.predict_proba(statistics)
        else:
            margins = estimator.decision_function(statistics)
            if margins.ndim == 1:  # of two regions scikit-learn gives the second's alone
                margins = np.stack([-margins, margins], axis=1)
            found = softmax(margins, axis=1)
        result = np.zeros((len(statistics), self.regions))
        result[:, estimator.classes_] = found
        return result


def song_weights(labels: np.ndarray, songs: np.ndarray, balanced: bool) -> np.ndarray:
    """A weight for each row [n], mean 1: every song counts the same, and every region if balanced.

    labels: int [n]; songs: [n].
    """
    _, place = np.unique(songs, return_inverse=True)
    weight = 1 / np.bincount(place)[place]
    if balanced:
        weight /= np.bincount(labels, weights=weight)[labels]
    return weight / weight.mean()


def fit_sklearn(
    data: Dataset,
    train: np.ndarray,
    validation: np.ndarray | None,
    settings: "Params",
    on_epoch: "OnEpoch",
) -> SklearnClassifier:
    """Fit the chosen estimators on the songs of the training rows; as models.fit.fit_model."""
    import pandas as pd
    from sklearn.metrics import log_loss

    chosen = getattr(settings, settings.model)
    shape = len(train), data.segment_means.shape[1]
    members = registry.load_module(settings.model).members(chosen, settings.train.seed, shape)
    songs, first = np.unique(data.songs[train], return_index=True)
    heard = {"song": (np.stack([data.song_statistics[song] for song in songs]), train[first])}
    if "segment" in members:
        heard["segment"] = data.segment_means[train], train
    for name, estimator in members.items():
        statistics, rows = heard[name]
        if not np.isfinite(statistics).all():
            raise InputError("train: a feature is not a finite number; `dvc repro -f features`.")
        weight = song_weights(data.labels[rows], data.songs[rows], settings.train.balance != "none")
        last = estimator.steps[-1][0]
        estimator.fit(statistics, data.labels[rows], **{f"{last}__sample_weight": weight})
    model = SklearnClassifier(members, len(data.regions))
    history = {"epoch": 1}
    for prefix, rows in (("", train), ("val_", validation)):
        if rows is not None:
            answer = model.predict_segments(data, rows)
            right = answer.argmax(axis=1) == data.labels[rows]
            history[f"{prefix}accuracy"] = float(right.mean())
            history[f"{prefix}loss"] = float(
                log_loss(data.labels[rows], answer, labels=range(len(data.regions)))
            )
    on_epoch(1, {name: value for name, value in history.items() if name != "epoch"})
    return model, pd.DataFrame([history])
