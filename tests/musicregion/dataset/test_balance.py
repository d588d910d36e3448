import numpy as np
import pytest

from musicregion.dataset.balance import class_weights, oversample

LABELS = np.array([0] * 10 + [1] * 3 + [2] * 1)


def test_every_region_reaches_the_largest_and_no_row_is_lost():
    rows = oversample(LABELS, np.random.default_rng(1))
    assert np.bincount(LABELS[rows]).tolist() == [10, 10, 10]
    assert set(rows) == set(range(14))
    assert sorted(rows[LABELS[rows] == 0]) == list(range(10))


def test_the_seed_decides():
    first, same, other = (oversample(LABELS, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_weights_make_regions_count_the_same():
    weight = class_weights(LABELS)
    assert weight[0] * 10 == pytest.approx(weight[1] * 3)
    assert weight[1] * 3 == pytest.approx(weight[2])
    assert sum(weight[label] for label in LABELS) == pytest.approx(len(LABELS))


def test_a_region_without_training_rows_is_ignored():
    labels = np.array([0, 0, 2])
    assert np.bincount(labels[oversample(labels, np.random.default_rng(1))]).tolist() == [2, 0, 2]
    assert set(class_weights(labels)) == {0, 2}
