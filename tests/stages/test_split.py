import numpy as np
import pandas as pd
import pytest

from stages.split import split


def songs(**counts):
    names = [region for region, count in counts.items() for _ in range(count)]
    table = pd.DataFrame({"song": [f"s{n:03}" for n in range(len(names))], "region": names})
    return table.assign(unknown=table["region"] == "Other")


def test_every_song_is_in_one_part_and_one_fold():
    table = split(songs(A=40, B=8, Other=3), 5, 1)
    assert sorted(table["song"]) == sorted(songs(A=40, B=8, Other=3)["song"])
    assert table["song"].is_unique
    assert set(table["part"]) == {"train", "validation", "test", "unknown"}


@pytest.mark.parametrize("count", [3, 5])
def test_every_region_is_in_every_fold_in_proportion(count):
    table = split(songs(A=40, B=8, C=5), count, 1)
    per_fold = table.pivot_table("song", "region", "fold", "count", 0)
    assert per_fold.shape == (3, count)
    assert (per_fold.max(axis=1) - per_fold.min(axis=1)).max() <= 1
    assert per_fold.to_numpy().min() >= 1


def test_parts_follow_from_folds():
    table = split(songs(A=20, B=20), 5, 1)
    assert set(table.loc[table["fold"] == 0, "part"]) == {"test"}
    assert set(table.loc[table["fold"] == 1, "part"]) == {"validation"}
    assert set(table.loc[table["fold"] > 1, "part"]) == {"train"}


def test_unknown_songs_are_in_no_fold():
    table = split(songs(A=9, B=9, Other=4), 3, 1)
    other = table[table["region"] == "Other"]
    assert set(other["part"]) == {"unknown"}
    assert set(other["fold"]) == {-1}


def test_the_seed_decides_and_the_order_of_rows_does_not():
    one = split(songs(A=20, B=20), 5, 1)
    shuffled = songs(A=20, B=20).sample(frac=1, random_state=3)
    assert one["fold"].tolist() == split(shuffled, 5, 1)["fold"].tolist()
    assert not np.array_equal(one["fold"], split(songs(A=20, B=20), 5, 2)["fold"])
