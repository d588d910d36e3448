"""Songs as points of a plane: the first two principal components of their statistics."""

from dataclasses import dataclass

import numpy as np

from musicregion.models.song_axes import fit_axes
from musicregion.models.training_songs import TrainingSongs

WIDTH, HEIGHT, MARGIN = 1000, 640, 24  # of the picture


def principal_components(kinds: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Coordinates [song, 2], and the share of the variance that they hold.

    kinds: statistics of each kind of features, [song, statistic]; each kind counts equally.
    """
    axes = fit_axes(kinds)
    return axes.along @ choose_plane(axes.along), share_of_two(axes.powers)


def choose_plane(along: np.ndarray) -> np.ndarray:
    """What turns songs along the axes [song, axis] into coordinates: [axis, 2].

    It chooses the last two axes, which have the largest variances, and their directions, so that
    the outermost of these songs has a positive coordinate.
    """
    axes = along.shape[1]
    plane = np.zeros((axes, 2))
    for column, axis in enumerate(range(axes - 1, max(axes - 3, -1), -1)):
        outermost = along[np.abs(along[:, axis]).argmax(), axis]
        plane[axis, column] = -1 if outermost < 0 else 1
    return plane


def share_of_two(powers: np.ndarray) -> float:
    """The share of the last two axes. powers: sums of squares of each axis, [axis]."""
    return float(powers[-2:].sum() / powers.sum())


@dataclass(frozen=True)
class NewSongMap:
    """The training songs of a model, and a new song among them."""

    titles: list[str]
    regions: list[str]
    pixels: list[tuple[int, int]]  # of each training song, in the picture
    pixel: tuple[int, int]  # of the new song
    share: float  # of the variance


def place_song(training: TrainingSongs, song_statistics: np.ndarray) -> NewSongMap:
    """Where a new song is on the map of a model's training songs. song_statistics: [statistic]."""
    songs = training.measure.songs.astype("float64")
    plane = choose_plane(songs)
    along, _ = training.measure.locate(song_statistics[None])
    *pixels, pixel = map(tuple, fit_picture(np.vstack([songs, along]) @ plane).tolist())
    share = share_of_two((songs**2).sum(axis=0))
    return NewSongMap(training.titles.tolist(), training.regions.tolist(), pixels, pixel, share)


def fit_picture(points: np.ndarray) -> np.ndarray:
    """Coordinates [song, 2] in a picture of WIDTH by HEIGHT, int."""
    low = points.min(axis=0)
    span = np.maximum(np.ptp(points, axis=0), 1e-9)
    size = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
    pixels: np.ndarray = np.rint(MARGIN + (points - low) / span * size).astype(int)
    return pixels
