"""Divided at random, segments of one song are on both sides; with songs whole, none is."""

import numpy as np
import pytest

from benchmarks import ladder_folds
from musicregion.dataset.dataset import UNKNOWN, Dataset


@pytest.fixture
def data():
    """20 songs of 6 segments in two unequal regions, and one song of none."""
    labels = np.repeat([0] * 14 + [1] * 6 + [UNKNOWN], 6)
    songs = np.repeat([f"s{number:02}" for number in range(21)], 6)
    features = {"mfcc": np.arange(len(songs), dtype="float32")[:, None, None]}
    return Dataset(features, labels, songs, songs, np.full(len(songs), "train"), ["A", "B"])


def test_the_first_segments_of_each_song_of_a_region_are_taken(data):
    taken = ladder_folds.first_segments(data, 4)
    assert len(taken) == 20 * 4
    assert taken.array[:5, 0, 0].tolist() == [0, 1, 2, 3, 6]
    assert "s20" not in taken.songs


def test_whole_songs_are_in_one_fold_and_never_repeated(data):
    segments, fold = ladder_folds.divide(ladder_folds.first_segments(data, 6), "whole", True, 1)
    assert len(segments) == 120
    for song in np.unique(segments.songs):
        assert len(set(fold[segments.songs == song])) == 1


def test_divided_at_random_copies_of_a_segment_are_in_several_folds(data):
    segments, fold = ladder_folds.divide(ladder_folds.first_segments(data, 6), "random", True, 1)
    assert np.bincount(segments.labels).tolist() == [84, 84]
    copies = {}
    for row, number in zip(segments.array[:, 0, 0], fold, strict=True):
        copies.setdefault(row, set()).add(number)
    assert max(map(len, copies.values())) > 1
    plain, _ = ladder_folds.divide(ladder_folds.first_segments(data, 6), "random", False, 1)
    assert len(plain) == 120
