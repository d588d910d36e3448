import numpy as np
import pytest

from musicregion.evaluation.metrics import accuracy_scores, bootstrap_interval, region_scores


def test_the_interval_holds_the_accuracy_and_narrows_with_songs():
    def width(count):
        right = np.arange(count) % 4 != 0
        low, high = bootstrap_interval(right, np.arange(count), 1)
        assert low <= right.mean() <= high
        return high - low

    assert width(400) < width(40) / 2


def test_the_interval_is_one_of_95_percent():
    right = np.arange(400) % 4 != 0
    low, high = bootstrap_interval(right, np.arange(400), 1)
    deviation = np.sqrt(0.75 * 0.25 / 400)
    assert high - low == pytest.approx(2 * 1.96 * deviation, rel=0.08)  # 1.64 would be 90 %


def test_the_interval_counts_songs_not_segments():
    songs = np.repeat(np.arange(20), 50)
    right = songs % 2 == 0
    low, high = bootstrap_interval(right, songs, 1)
    assert high - low > 0.3  # 1,000 independent segments would give 0.06


def test_groups_count_by_their_size():
    """Nine songs of one group and one alone: a resample has one, both, or the other twice."""
    groups = np.repeat(["many", "one"], [9, 1])
    low, high = bootstrap_interval(groups == "one", groups, 1)
    assert (low, high) == (0, 1)
    groups = np.repeat(np.arange(40), np.tile([9, 1], 20))
    low, high = bootstrap_interval(np.isin(groups, groups[::10]), groups, 1)
    assert 0.8 < low < 0.9 < high < 1  # the mean of the groups' means is 0.5


def test_the_interval_of_an_accuracy_is_over_groups():
    actual = np.repeat(np.arange(2), 20)
    predicted = np.tile(np.repeat([0, 1], 10), 2)
    alone = accuracy_scores(actual, predicted, np.arange(40), 0, 1)
    grouped = accuracy_scores(actual, predicted, np.arange(40) // 10, 0, 1)
    width = [scores["accuracy_high"] - scores["accuracy_low"] for scores in (alone, grouped)]
    assert width[1] > 2 * width[0]


def test_scores_of_a_small_example():
    actual, predicted = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    scores = accuracy_scores(actual, predicted, np.arange(4), majority=1, seed=1)
    assert scores["accuracy"] == 0.75
    assert scores["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)
    assert scores["majority_accuracy"] == 0.25


def test_the_table_of_regions():
    table = region_scores(np.array([0, 0, 1]), np.array([0, 1, 1]), ["A", "B", "C"]).set_index(
        "region"
    )
    assert table.loc["A", ["precision", "recall", "support"]].tolist() == [1, 0.5, 2]
    assert table.loc["B", ["precision", "recall", "support"]].tolist() == [0.5, 1, 1]
    assert table.loc["C", ["precision", "recall", "support"]].tolist() == [0, 0, 0]
