"""Classifiers of scikit-learn on statistics of songs and segments."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from musicregion.dataset.dataset import Dataset
from musicregion.models import opinion_pool, saving


@dataclass(frozen=True)
class SklearnClassifier:
    """Fitted estimators of each kind of features; see models.base.Classifier.

    The predictions of all kinds are pooled; and of a song, those for it as a whole and those for
    its segments.
    """

    # by kind, then by input, "song" or "segment": sklearn.pipeline.Pipeline, or OnnxModel of an
    # exported model
    members: dict[str, dict[str, Any]]
    regions: int

    def predict_segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        opinions = []
        for kind, members in self.members.items():
            if "segment" in members:
                statistics = data.segment_means(kind)[rows]
            else:
                statistics = data.segment_statistics(kind)[rows]
            estimator = members.get("segment", members["song"])
            opinions.append(self._predict_proba(estimator, statistics))
        return opinions[0] if len(opinions) == 1 else opinion_pool.combine(opinions)

    def predict_songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        names = np.unique(data.songs[rows])
        opinions = []
        for kind, members in self.members.items():
            statistics = np.stack([data.song_statistics(kind)[name] for name in names])
            opinions.append(self._predict_proba(members["song"], statistics))
            if "segment" in members:
                segments = self._predict_proba(members["segment"], data.segment_means(kind)[rows])
                opinions.append(opinion_pool.combine_segments(segments, data.songs[rows])[1])
        return names, opinion_pool.combine(opinions)

    def save(self, folder: Path) -> None:
        saving.save_sklearn(self.members, folder / "model.skops")

    def export(self, folder: Path) -> None:
        from musicregion.models import onnx_export, onnx_files

        for kind, members in self.members.items():
            for unit, estimator in members.items():
                onnx_export.export_sklearn(estimator, onnx_files.member_file(folder, kind, unit))

    def _predict_proba(self, estimator: Any, statistics: np.ndarray) -> np.ndarray:  # noqa: ANN401
        """Probabilities [n, region] from [n, statistic]; of margins, where there are none.

        The softmax of margins is no probability until it is calibrated on validation songs.
        """
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
