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


def test_the_interval_counts_songs_not_segments():
    songs = np.repeat(np.arange(20), 50)
    right = songs % 2 == 0
    low, high = bootstrap_interval(right, songs, 1)
    assert high - low > 0.3  # 1,000 independent segments would give 0.06


def test_scores_of_known_answers():
    actual, predicted = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    found = accuracy_scores(actual, predicted, np.arange(4), majority=0, seed=1)
    assert found["accuracy"] == 0.75
    assert found["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)
    assert found["majority_accuracy"] == 0.75


def test_the_table_of_regions():
    table = region_scores(np.array([0, 0, 1]), np.array([0, 1, 1]), ["A", "B", "C"]).set_index(
        "region"
    )
    assert table.loc["A", ["precision", "recall", "support"]].tolist() == [1, 0.5, 2]
    assert table.loc["B", ["precision", "recall", "support"]].tolist() == [0.5, 1, 1]
    assert table.loc["C", ["precision", "recall", "support"]].tolist() == [0, 0, 0]
