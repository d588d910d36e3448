"""The songs a model was trained on: whether a new song belongs to them, and which are nearest.

It depends on the features alone, and so serves every model. Imports little, since every prediction
waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from musicregion.dataset import statistics
from musicregion.dataset.dataset import Dataset
from musicregion.dataset.selected_rows import select_rows
from musicregion.models.kernel_regression import KernelRegression, fit_kernel_regression
from musicregion.storage.files import writing

FOLDS = 10  # each of the training songs is scored by those of the other folds


@dataclass(frozen=True)
class TrainingSongs:
    """What predictions compare a new song with."""

    measure: KernelRegression
    ids: np.ndarray  # str [song]; "": an older version trained the model
    titles: np.ndarray  # str [song]
    regions: np.ndarray  # str [song]
    song_scores: np.ndarray  # [song]; how strange each is to the songs of the other folds
    segment_scores: np.ndarray  # [song]; the same of its middle segment alone
    nearest: np.ndarray  # [song]; its distance from the nearest song of the other folds

    def typicality(self, song_statistics: np.ndarray, segments: bool = False) -> np.ndarray:
        """The share of training songs that sound at least as strange, [n], of songs [n, statistic].

        A conformal p-value: if songs with at most 0.05 are rejected, then at most 5 % of those that
        are like the training songs (Vovk et al. 2005, "Algorithmic learning in a random world"; out
        of fold as in Vovk 2015, "Cross-conformal predictors"). segments: the statistics are those
        of single segments.
        """
        scores = self.segment_scores if segments else self.song_scores
        stranger = (scores >= self.measure.score(song_statistics)[:, None]).sum(axis=1)
        share: np.ndarray = (1 + stranger) / (1 + len(scores))
        return share

    def neighbours(self, song_statistics: np.ndarray, count: int) -> list[tuple[int, float]]:
        """The training songs nearest to a song [statistic]: the index and the distance of each.

        The distance is given as the share of training songs that are nearer to another one.
        """
        (distances,) = self.measure.distances(song_statistics[None])
        order = np.argsort(distances, kind="stable")[:count]
        return [(int(row), float((self.nearest < distances[row]).mean())) for row in order]

    def save(self, path: Path) -> None:
        """Write the arrays; equal songs are equal files."""
        arrays = {name: array for name, array in vars(self).items() if name != "measure"}
        with writing(path) as part, part.open("wb") as file:
            np.savez(file, **vars(self.measure), **arrays)


def load_training_songs(path: Path) -> TrainingSongs:
    """Read what TrainingSongs.save has written."""
    with np.load(path) as file:
        arrays = dict(file)
    arrays.setdefault("ids", np.full(len(arrays["titles"]), ""))
    names = [field.name for field in fields(KernelRegression)]
    measure = KernelRegression(**{name: arrays.pop(name) for name in names})
    return TrainingSongs(measure, **arrays)


def song_statistics(data: Dataset, rows: np.ndarray) -> list[np.ndarray]:
    """Statistics of the songs that have `rows`, sorted by id: [song, statistic], for each kind."""
    names = np.unique(data.songs[rows])
    return [
        np.stack([data.song_statistics(kind)[name] for name in names]) for kind in data.features
    ]


def segment_statistics(data: Dataset, rows: np.ndarray) -> list[np.ndarray]:
    """Statistics of single segments, [segment, statistic], for each kind of features."""
    return [
        statistics.segment_statistics(select_rows(array, rows)) for array in data.features.values()
    ]


def assign_folds(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """A fold for every song, int [song]; groups stay whole, regions are spread over all folds.

    labels: int [song]; groups: str [song].
    """
    names, first, group = np.unique(groups, return_index=True, return_inverse=True)
    folds = np.empty(len(names), int)
    folds[np.argsort(labels[first], kind="stable")] = np.arange(len(names)) % FOLDS
    return folds[group]


def fit_training_songs(data: Dataset, rows: np.ndarray, titles: Mapping[Any, str]) -> TrainingSongs:
    """Fit the regression, and calibrate it on the same songs out of fold.

    rows: of the training songs' segments, in `data`. titles: by song id; a song without one is
    named by its id.
    """
    songs, first, counts = np.unique(data.songs[rows], return_index=True, return_counts=True)
    labels, groups = data.labels[rows][first], data.groups[rows][first]
    order = np.argsort(data.songs[rows], kind="stable")
    middle = rows[order[np.cumsum(counts) - counts + counts // 2]]
    kinds, segment_kinds = song_statistics(data, rows), segment_statistics(data, middle)
    joined, joined_segments = np.hstack(kinds), np.hstack(segment_kinds)
    folds = assign_folds(labels, groups)
    scores, segment_scores, nearest = np.full((3, len(songs)), np.inf)
    for fold in np.unique(folds):
        inside, others = folds == fold, folds != fold
        if others.any():
            measure = fit_kernel_regression([kind[others] for kind in kinds], labels[others])
            scores[inside] = measure.score(joined[inside])
            segment_scores[inside] = measure.score(joined_segments[inside])
            nearest[inside] = measure.distances(joined[inside]).min(axis=1)
    measure = fit_kernel_regression(kinds, labels)
    return TrainingSongs(
        measure,
        songs.astype(str),  # tables of pandas hold objects
        np.array([titles.get(song) or song for song in songs]),
        np.array(data.regions)[labels],
        scores,
        segment_scores,
        nearest,
    )
