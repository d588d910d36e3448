import numpy as np
import pytest

from benchmarks.choice import (
    choose_nested,
    compare_pairs,
    format_difference,
    pool_folds,
    score_folds,
)


def fold(validation, right, repeat=1, number=0):
    """A fold of two songs a region; right: whether its predictions are."""
    confident = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]]
    names = [f"{number}-{song}" for song in range(4)]
    return {
        "repeat": repeat,
        "fold": number,
        "validation": validation,
        "songs": names,
        "groups": names,
        "actual": [0, 0, 1, 1],
        "probabilities": confident if right else [row[::-1] for row in confident],
    }


def test_pairs_are_chosen_by_validation_songs_and_never_by_test_songs():
    folds_by_pair = {
        "good": [fold(0.9, True, number=0), fold(0.2, True, number=1)],
        "lucky on validation": [fold(0.1, False, number=0), fold(0.8, False, number=1)],
    }
    chosen, counts = choose_nested(folds_by_pair)
    assert counts == {"good": 1, "lucky on validation": 1}
    assert score_folds(chosen, 1)["song_accuracy"] == 0.5


def test_of_equals_the_first_is_chosen():
    _, counts = choose_nested({"simple": [fold(0.5, True)], "costly": [fold(0.5, True)]})
    assert counts == {"simple": 1}


def test_the_more_confident_pair_decides_where_two_disagree():
    unsure = fold(0.5, False) | {"probabilities": [[0.4, 0.6]] * 2 + [[0.6, 0.4]] * 2}
    pooled = pool_folds({"confident": [fold(0.5, True)], "unsure": [unsure]})
    assert score_folds(pooled, 1)["song_accuracy"] == 1
    assert np.shape(pooled[0]["probabilities"]) == (4, 2)


def test_the_interval_is_over_songs():
    folds = [fold(0.5, number < 3, number=number) for number in range(5)]
    scores = score_folds(folds, 1)
    assert scores["song_accuracy"] == pytest.approx(0.6)
    assert 0.3 < scores["low"] < 0.6 < scores["high"] < 0.85


def test_pairs_are_compared_song_by_song():
    """Of 20 songs the better pair classifies 8 more correctly, in both repeats."""
    folds = range(5)
    worse = [fold(0.5, number < 3, repeat, number) for repeat in (1, 2) for number in folds]
    better = [fold(0.5, True, repeat, number) for repeat in (1, 2) for number in folds]
    compared = compare_pairs({"worse": worse, "better": better}, "worse", 1)
    assert compared["worse"] == {"difference": 0, "low": 0, "high": 0, "p": 1}
    assert compared["better"]["difference"] == pytest.approx(0.4)
    assert 0.1 < compared["better"]["low"] < 0.4 < compared["better"]["high"] < 0.7
    assert compared["better"]["p"] == pytest.approx(2 * 0.5**8, abs=1e-4)
    assert format_difference(compared["better"]).startswith("+0.400 (+0.")
