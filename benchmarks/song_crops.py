"""Crops of songs: random ones to train networks with, evenly spaced ones to predict a song from."""

from dataclasses import dataclass, replace

import numpy as np

from musicregion.dataset.dataset import Dataset


@dataclass(frozen=True)
class SongCrops:
    """Songs as sequences of frames. Index i of names, labels and rows is the same song."""

    names: np.ndarray  # str [song], sorted
    labels: np.ndarray  # int [song]
    rows: list[np.ndarray]  # of each song's segments, in order, int [segment]
    features: np.ndarray  # float32 [row, frame, channel]

    def take(self, rows: np.ndarray) -> "SongCrops":
        """The songs whose segments are among some rows."""
        kept = np.flatnonzero([np.isin(own, rows).all() for own in self.rows])
        own = [self.rows[song] for song in kept]
        return replace(self, names=self.names[kept], labels=self.labels[kept], rows=own)

    def length(self, song: int) -> int:
        """Frames of a song."""
        return len(self.rows[song]) * self.features.shape[1]

    def locate(self, song: int, start: int, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Row, and frame within it, of each frame of a crop; after a song's end comes its start."""
        index = (start + np.arange(length)) % self.length(song)
        segment, frame = np.divmod(index, self.features.shape[1])
        return self.rows[song][segment], frame

    def random_crops(
        self, songs: np.ndarray, count: int, length: int, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """`count` crops of each song, [song, crop, frame, channel], and where they come from.

        The row, and the frame within it, of each frame of a crop: int [song, crop, frame].
        """
        located = [
            self.locate(song, int(random.integers(self.length(song))), length)
            for song in np.repeat(songs, count)
        ]
        rows, frames = (
            np.stack(index).reshape(len(songs), count, length)
            for index in zip(*located, strict=True)
        )
        return self.features[rows, frames], rows, frames

    def even_crops(self, song: int, count: int, length: int) -> np.ndarray:
        """`count` crops from a song's start to its end, [crop, frame, channel]."""
        last = max(0, self.length(song) - length)
        starts = np.linspace(0, last, count).round().astype(int)
        return np.stack([self.features[self.locate(song, start, length)] for start in starts])


def cut_songs(data: Dataset) -> SongCrops:
    """The songs of a dataset that belong to a region."""
    known = data.known()
    names, first = np.unique(data.songs[known], return_index=True)
    rows = [known[data.songs[known] == name] for name in names]
    return SongCrops(names, data.labels[known][first], rows, np.asarray(data.array))
