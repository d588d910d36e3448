"""Crops come from their own song, wherever its segments are in the dataset."""

import numpy as np

from benchmarks.song_crops import cut_songs
from musicregion.dataset.dataset import UNKNOWN, Dataset

FRAMES = 3  # of a segment
SONGS = np.array(["b", "a", "b", "none"])


def numbered():
    """Segments whose frames are numbered through; b has two, and the last is of no region."""
    numbers = np.arange(len(SONGS) * FRAMES, dtype="float32").reshape(len(SONGS), FRAMES, 1)
    labels = np.array([1, 0, 1, UNKNOWN])
    return Dataset({"mfcc": numbers}, labels, SONGS, SONGS, SONGS, ["A", "B"])


def test_songs_of_a_region_are_put_together():
    songs = cut_songs(numbered())
    assert songs.names.tolist() == ["a", "b"]
    assert songs.labels.tolist() == [0, 1]
    assert [songs.length(song) for song in range(2)] == [FRAMES, 2 * FRAMES]
    assert songs.take(np.array([0, 2])).names.tolist() == ["b"]


def test_even_crops_go_from_start_to_end():
    crops = cut_songs(numbered()).even_crops(1, 3, 2)[..., 0]
    np.testing.assert_array_equal(crops, [[0, 1], [2, 6], [7, 8]])


def test_a_crop_longer_than_its_song_starts_again():
    crops = cut_songs(numbered()).even_crops(0, 1, 5)[..., 0]
    np.testing.assert_array_equal(crops, [[3, 4, 5, 3, 4]])


def test_random_crops_know_where_they_come_from():
    songs = cut_songs(numbered())
    crops, rows, frames = songs.random_crops(np.array([1, 0]), 20, 4, np.random.default_rng(0))
    assert crops.shape == (2, 20, 4, 1)
    np.testing.assert_array_equal(crops[..., 0], rows * FRAMES + frames)
    assert set(SONGS[rows[0]].ravel()) == {"b"}
    assert set(SONGS[rows[1]].ravel()) == {"a"}
    assert len(np.unique(crops[0, :, 0])) > 3  # random places
