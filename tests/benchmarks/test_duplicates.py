"""Precision and recall of matched pairs."""

import numpy as np
import pandas as pd

from benchmarks.duplicates import SHARES, score_matches
from benchmarks.song_copies import KINDS, ORIGINAL


def test_pairs_count_from_a_share_upwards_and_no_match_is_precise():
    kinds = np.array([ORIGINAL, *KINDS, ORIGINAL])
    songs = np.array(["a"] * (len(KINDS) + 1) + ["b"])
    matches = pd.DataFrame({"a": [0, 0], "b": [1, len(kinds) - 1], "share": [0.05, 0.03]})
    rows = score_matches(matches, songs, kinds)
    pairs = len(KINDS) * (len(KINDS) + 1) / 2
    assert [row["share"] for row in rows] == SHARES
    assert [row["precision"] for row in rows] == [0.5, 0.5, 1, 1, 1]
    assert [row["recall"] for row in rows] == [1 / pairs] * 3 + [0, 0]
    assert rows[0][KINDS[0]] == 1
    assert rows[0][KINDS[1]] == 0
