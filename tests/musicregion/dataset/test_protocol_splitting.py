"""Folds of large groups (albums), where whole groups are divided."""

import numpy as np

from musicregion.dataset.splitting import assign_folds

REGIONS = np.repeat(["A", "B"], 60)
ALBUMS = np.array([f"album-{number // 4:02}" for number in range(120)])


def test_the_seed_decides_the_folds_of_albums():
    folds = [assign_folds(REGIONS, ALBUMS, 5, seed).tolist() for seed in (1, 1, 2)]
    assert folds[0] == folds[1]
    assert folds[0] != folds[2]


def test_folds_of_albums_are_whole_and_about_equal():
    fold = assign_folds(REGIONS, ALBUMS, 5, 1)
    assert all(len(set(fold[album == ALBUMS])) == 1 for album in set(ALBUMS))
    assert np.bincount(fold).tolist() == [24] * 5
