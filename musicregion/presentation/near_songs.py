"""The training songs that sound nearest to a song, to compare by ear."""

from dataclasses import dataclass

import numpy as np

from musicregion.dataset.dataset import Dataset
from musicregion.models.training_songs import TrainingSongs


@dataclass(frozen=True)
class NearSongs:
    """Songs that the saved model was trained on, and the distance of any song from them."""

    data: Dataset
    training: TrainingSongs
    songs: np.ndarray  # str [training song]
    groups: np.ndarray  # str [training song]

    def nearest(self, song: str, group: str, count: int, region: str | None = None) -> list[str]:
        """The nearest training songs, of one region or of all: neither the song nor its copies."""
        kinds = [self.data.song_statistics(kind)[song] for kind in self.data.features]
        (distances,) = self.training.measure.distances(np.concatenate(kinds)[None])
        allowed = self.groups != group
        if region is not None:
            allowed &= self.training.regions == region
        order = np.argsort(distances, kind="stable")
        return [str(self.songs[row]) for row in order if allowed[row]][:count]


def near_songs(data: Dataset, training: TrainingSongs) -> NearSongs:
    """training: fitted on the training and validation songs of `data`."""
    rows = data.rows("train", "validation")
    songs, first = np.unique(data.songs[rows], return_index=True)
    return NearSongs(data, training, songs, data.groups[rows][first])
