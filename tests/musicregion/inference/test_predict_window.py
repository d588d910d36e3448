"""The last seconds of a stream, every second of it."""

import numpy as np

from musicregion.inference.predict_window import last_windows
from tests.conftest import RATE


def test_a_prediction_each_second_is_for_the_last_window():
    blocks = [np.full(RATE // 2, number, "float32") for number in range(8)]
    windows = list(last_windows(blocks, RATE, window=3))
    assert len(windows) == 4
    assert [len(window) for window in windows] == [3 * RATE] * 4
    assert set(windows[0]) == {0, 1}  # looped
    assert sorted(set(windows[3])) == [2, 3, 4, 5, 6, 7]


def test_a_long_block_is_many_seconds():
    assert len(list(last_windows([np.zeros(5 * RATE, "float32")], RATE, window=2))) == 5
