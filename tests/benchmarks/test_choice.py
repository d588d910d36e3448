import numpy as np
import pytest

from benchmarks.choice import nested, scored, together


def fold(validation, right, repeat=1, number=0):
    """A fold of two songs a region; right: whether its answers are."""
    sure = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]]
    names = [f"{number}-{place}" for place in range(4)]
    return {
        "repeat": repeat,
        "fold": number,
        "validation": validation,
        "songs": names,
        "groups": names,
        "actual": [0, 0, 1, 1],
        "probabilities": sure if right else [row[::-1] for row in sure],
    }


def test_the_choice_is_made_by_validation_and_never_by_the_test_songs():
    answers = {
        "good": [fold(0.9, True, number=0), fold(0.2, True, number=1)],
        "lucky on validation": [fold(0.1, False, number=0), fold(0.8, False, number=1)],
    }
    chosen, counts = nested(answers)
    assert counts == {"good": 1, "lucky on validation": 1}
    assert scored(chosen, 1)["song_accuracy"] == 0.5


def test_of_equals_the_first_is_chosen():
    _, counts = nested({"simple": [fold(0.5, True)], "costly": [fold(0.5, True)]})
    assert counts == {"simple": 1}


def test_the_surer_one_decides_where_two_disagree():
    unsure = fold(0.5, False) | {"probabilities": [[0.4, 0.6]] * 2 + [[0.6, 0.4]] * 2}
    joined = together({"sure": [fold(0.5, True)], "unsure": [unsure]})
    assert scored(joined, 1)["song_accuracy"] == 1
    assert np.shape(joined[0]["probabilities"]) == (4, 2)


def test_the_interval_is_of_songs():
    folds = [fold(0.5, number < 3, number=number) for number in range(5)]
    found = scored(folds, 1)
    assert found["song_accuracy"] == pytest.approx(0.6)
    assert 0.3 < found["low"] < 0.6 < found["high"] < 0.85
