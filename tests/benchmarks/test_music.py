import numpy as np

from benchmarks.music import score_majority
from musicregion.dataset.dataset import UNKNOWN, Dataset


def test_the_majority_is_counted_in_songs_that_have_a_region():
    """Region 1 has more segments, region 0 more songs; a song of no region does not count."""
    songs = np.array(["a", "b", "c", "c", "c", "c", "c", "d"])
    labels = np.array([0, 0, 1, 1, 1, 1, 1, UNKNOWN])
    data = Dataset({}, labels, songs, songs, np.full(8, "train"), ["first", "second"])
    scores = score_majority(data, 0)
    assert scores["song_accuracy"] == 0.6667
    assert scores["macro_recall"] == 0.5
    assert scores["low"] <= 0.6667 <= scores["high"]
