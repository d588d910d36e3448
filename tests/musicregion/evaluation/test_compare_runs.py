import numpy as np
import pandas as pd
import pytest

from musicregion.errors import ComparisonError
from musicregion.evaluation.compare_runs import (
    Comparison,
    compare_predictions,
    describe_comparison,
)
from tests.conftest import REPOSITORY, command
from tests.prepared import empty_repository

COMPARE = "musicregion", "compare"


def predictions(right, group=None, repeat=1):
    """A predictions.csv: song n is of region A; right[n]: whether it was predicted."""
    count = len(right)
    return pd.DataFrame(
        {
            "song": [f"s{n:03}" for n in range(count)],
            "group": group or [f"s{n:03}" for n in range(count)],
            "part": "test",
            "repeat": repeat,
            "region": "A",
            "predicted": np.where(right, "A", "B"),
        }
    )


def test_a_run_compared_with_itself_is_noise():
    right = np.arange(50) % 2 == 0
    comparison = compare_predictions(predictions(right), predictions(right))
    assert comparison.difference == comparison.low == comparison.high == 0
    assert comparison.p == 1
    assert "not more than noise" in describe_comparison(comparison, "one", "other")


def test_a_clear_difference_is_more_than_noise():
    weak, strong = np.arange(100) % 2 == 0, np.arange(100) % 10 > 0
    comparison = compare_predictions(predictions(weak), predictions(strong))
    assert comparison.accuracy == (0.5, 0.9)
    assert comparison.difference == pytest.approx(0.4)
    assert 0.2 < comparison.low < 0.4 < comparison.high < 0.6
    assert comparison.only_correct == (10, 50)
    assert comparison.p < 1e-6
    assert "strong is better than weak" in describe_comparison(comparison, "weak", "strong")
    assert "strong is better than weak" in describe_comparison(
        compare_predictions(predictions(strong), predictions(weak)), "strong", "weak"
    )


def test_mcnemar_is_exact():
    one, other = np.array([True] * 3 + [False] * 9), np.array([False] * 3 + [True] * 9)
    assert compare_predictions(predictions(one), predictions(other)).p == pytest.approx(598 / 4096)


def test_copies_of_a_recording_are_resampled_together():
    right, wrong = np.ones(40, bool), np.arange(40) < 20
    alone = compare_predictions(predictions(wrong), predictions(right))
    copies = compare_predictions(
        predictions(wrong, [f"g{n // 10}" for n in range(40)]),
        predictions(right, [f"g{n // 10}" for n in range(40)]),
    )
    assert copies.high - copies.low > 1.5 * (alone.high - alone.low)


def test_repeats_of_a_song_count_once():
    right = np.arange(30) % 3 > 0
    repeats = pd.concat([predictions(right, repeat=n) for n in (1, 2, 3)])
    comparison = compare_predictions(repeats, predictions(right))
    assert (comparison.songs, comparison.difference) == (30, 0)
    assert comparison.only_correct == (0, 0)


def test_groups_of_either_run_are_resampled_together():
    right, wrong = np.ones(40, bool), np.arange(40) < 20
    albums = [f"g{n // 10}" for n in range(40)]
    one = compare_predictions(predictions(wrong), predictions(right, albums))
    other = compare_predictions(predictions(wrong, albums), predictions(right))
    assert (one.low, one.high) == (other.low, other.high)
    alone = compare_predictions(predictions(wrong), predictions(right))
    assert one.high - one.low > 1.5 * (alone.high - alone.low)


def test_accuracy_is_the_share_of_repeats_and_mcnemar_takes_the_majority():
    """One song, correct in 2 of 4 repeats of A and in 3 of B; 9 others are always correct."""
    a = [predictions([right] + [True] * 9, repeat=n) for n, right in enumerate([1, 1, 0, 0])]
    b = [predictions([right] + [True] * 9, repeat=n) for n, right in enumerate([1, 1, 1, 0])]
    comparison = compare_predictions(pd.concat(a), pd.concat(b))
    assert comparison.accuracy == pytest.approx((0.95, 0.975))
    assert comparison.difference == pytest.approx(0.025)
    assert comparison.only_correct == (0, 1)  # half of the repeats is no majority


def test_only_the_named_part_is_compared():
    test, validation = predictions([True] * 8), predictions([False] * 6).assign(part="validation")
    validation["song"] = "v" + validation["song"]
    both = pd.concat([validation, test])
    comparison = compare_predictions(both, test)
    assert (comparison.songs, comparison.accuracy) == (8, (1, 1))
    comparison = compare_predictions(both, both, part="validation")
    assert (comparison.songs, comparison.accuracy) == (6, (0, 0))


@pytest.mark.parametrize(
    ("low", "high", "p", "noise"),
    [(0.1, 0.3, 0.01, False), (0.1, 0.3, 0.06, True), (-0.1, 0.3, 0.01, True)],
)
def test_more_than_noise_needs_both_tests(low, high, p, noise):
    assert Comparison(20, (0.5, 0.7), 0.2, low, high, (0, 4), p).noise == noise


def test_other_true_regions_are_refused():
    moved = predictions([True] * 4)
    moved.loc[0, ["region", "predicted"]] = "B"
    with pytest.raises(ComparisonError, match="true regions"):
        compare_predictions(predictions([True] * 4), moved)


def test_different_songs_are_refused():
    with pytest.raises(ComparisonError, match="different songs \\(4 and 5, 4 in both\\)"):
        compare_predictions(predictions([True] * 4), predictions([True] * 5))
    with pytest.raises(ComparisonError, match="different songs \\(5 and 4, 4 in both\\)"):
        compare_predictions(predictions([True] * 5), predictions([True] * 4))


def test_the_command_reads_files_and_refuses_what_is_no_run(tmp_path):
    for name, right in (("a", [True] * 9), ("b", [True] * 8 + [False])):
        predictions(right).to_csv(tmp_path / f"{name}.csv", index=False)
    output = command(*COMPARE, "a.csv", "b.csv", cwd=tmp_path, here=True)
    assert "1.000 of 9 songs" in output
    assert "not more than noise" in output
    output = command(*COMPARE, "nonsense", "b", cwd=REPOSITORY, fails=True, here=True)
    assert "nonsense is no file, no MLflow run id" in output


def test_the_command_refuses_a_run_in_a_repository_without_commits(tmp_path):
    empty_repository(tmp_path)
    output = command(*COMPARE, "a", "b", cwd=tmp_path, fails=True, here=True)
    assert "a is no file, no MLflow run id" in output
