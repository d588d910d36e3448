import pandas as pd

from musicregion.dataset.groups import connected_groups, merge_groupings


def test_groups_are_chains_of_pairs():
    pairs = pd.DataFrame({"a": [0, 2, 5], "b": [2, 4, 6]})
    group = connected_groups(7, pairs)
    assert group[0] == group[2] == group[4]
    assert group[5] == group[6]
    assert len(set(group)) == 4


def test_songs_that_share_a_group_in_either_grouping_are_together():
    recordings = pd.Series(["a", "a", "b", "c", "d"])
    albums = pd.Series(["x", "y", "y", "z", "w"])
    group = merge_groupings(recordings, albums)
    assert group[0] == group[1] == group[2]
    assert len(set(group)) == 3
