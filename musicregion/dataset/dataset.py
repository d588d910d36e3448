"""The dataset: each segment's features of one kind or several, its song, region and part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from musicregion.dataset import statistics
from musicregion.dataset.selected_rows import FeatureArray, select_rows
from musicregion.errors import InputError

UNKNOWN = -1  # label of a segment that belongs to no region


@dataclass(frozen=True)
class Dataset:
    """Segments with labels. Row i of every array describes the same segment."""

    features: Mapping[str, FeatureArray]  # by kind, float32 [segment, time, channel]
    labels: np.ndarray  # int [segment], an index into regions, or UNKNOWN
    songs: np.ndarray  # str [segment]
    groups: np.ndarray  # str [segment]; songs of one group are always in the same part
    parts: np.ndarray  # str [segment]
    regions: list[str]
    statistics: dict[tuple[str, str], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )  # of the features, computed so far, by kind and unit

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def array(self) -> FeatureArray:
        """The features, float32 [segment, time, channel], of the only kind.

        Raises:
            InputError: there are several kinds.
        """
        if len(self.features) > 1:
            raise InputError(f"a network takes one kind of features, not {'+'.join(self.features)}")
        (array,) = self.features.values()
        return array

    def rows(self, *parts: str) -> np.ndarray:
        """Indices of the segments in these parts, int [n]."""
        return np.flatnonzero(np.isin(self.parts, parts))

    def only(self, *parts: str) -> "Dataset":
        """The segments of these parts alone; no other row of the features is read."""
        return self.take(self.rows(*parts))

    def take(self, rows: np.ndarray | slice) -> "Dataset":
        """Some of the segments, in the rows' order. Their features are not read yet."""
        features = {kind: select_rows(array, rows) for kind, array in self.features.items()}
        names = ("labels", "songs", "groups", "parts")
        arrays = {name: getattr(self, name)[rows] for name in names}
        return replace(self, features=features, **arrays)

    def known(self) -> np.ndarray:
        """Indices of the segments that belong to a region, int [n]."""
        return np.flatnonzero(self.labels != UNKNOWN)

    def relabelled(self, labels: np.ndarray, parts: np.ndarray, regions: list[str]) -> "Dataset":
        """The same segments with other labels; statistics computed so far are reused."""
        relabelled = replace(self, labels=labels, parts=parts, regions=regions)
        relabelled.statistics.update(self.statistics)
        return relabelled

    def song_statistics(self, kind: str) -> dict[str, np.ndarray]:
        """Statistics of each song, [statistic], by song id."""

        def compute() -> dict[str, np.ndarray]:
            names, vectors = statistics.song_statistics(self.features[kind], self.songs)
            return dict(zip(names, vectors, strict=True))

        return self._compute_once(kind, "song", compute)

    def segment_means(self, kind: str) -> np.ndarray:
        """Input of a model of single segments, [segment, statistic].

        The mean alone where a segment has few rows: their deviation says little.
        """
        array = self.features[kind]
        if array.shape[1] < statistics.MIN_FRAMES:
            return self._compute_once(kind, "mean", lambda: statistics.segment_means(array))
        return self.segment_statistics(kind)

    def segment_statistics(self, kind: str) -> np.ndarray:
        """Statistics of each segment, [segment, statistic]."""
        array = self.features[kind]
        return self._compute_once(kind, "segment", lambda: statistics.segment_statistics(array))

    def _compute_once(self, kind: str, unit: str, compute: Callable[[], Any]) -> Any:  # noqa: ANN401
        if (kind, unit) not in self.statistics:
            self.statistics[kind, unit] = compute()
        return self.statistics[kind, unit]
