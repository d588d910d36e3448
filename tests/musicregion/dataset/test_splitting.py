import numpy as np
import pandas as pd
import pytest

from musicregion.dataset.splitting import group_albums, require_songs_per_region, split_songs
from musicregion.errors import NotEnoughData


def songs(**counts):
    names = [region for region, count in counts.items() for _ in range(count)]
    table = pd.DataFrame({"song": [f"s{n:03}" for n in range(len(names))], "region": names})
    return table.assign(group=table["song"], unknown=table["region"] == "Other")


def test_every_song_is_in_one_part_and_one_fold():
    table = split_songs(songs(A=40, B=8, Other=3), 5, 1)
    assert sorted(table["song"]) == sorted(songs(A=40, B=8, Other=3)["song"])
    assert table["song"].is_unique
    assert set(table["part"]) == {"train", "validation", "test", "unknown"}


@pytest.mark.parametrize("count", [3, 5])
def test_every_region_is_in_every_fold_in_proportion(count):
    table = split_songs(songs(A=40, B=8, C=5), count, 1)
    per_fold = table.pivot_table("song", "region", "fold", "count", 0)
    assert per_fold.shape == (3, count)
    assert (per_fold.max(axis=1) - per_fold.min(axis=1)).max() <= 1
    assert per_fold.to_numpy().min() >= 1


def test_parts_follow_from_folds():
    table = split_songs(songs(A=20, B=20), 5, 1)
    assert set(table.loc[table["fold"] == 0, "part"]) == {"test"}
    assert set(table.loc[table["fold"] == 1, "part"]) == {"validation"}
    assert set(table.loc[table["fold"] > 1, "part"]) == {"train"}


def test_unknown_songs_are_in_no_fold():
    table = split_songs(songs(A=9, B=9, Other=4), 3, 1)
    other = table[table["region"] == "Other"]
    assert set(other["part"]) == {"unknown"}
    assert set(other["fold"]) == {-1}


def test_the_seed_decides_and_the_order_of_rows_does_not():
    table = split_songs(songs(A=20, B=20), 5, 1)
    shuffled = songs(A=20, B=20).sample(frac=1, random_state=3)
    assert table["fold"].tolist() == split_songs(shuffled, 5, 1)["fold"].tolist()
    assert not np.array_equal(table["fold"], split_songs(songs(A=20, B=20), 5, 2)["fold"])


def test_a_group_is_in_one_part_also_across_regions():
    table = songs(A=30, B=30)
    table.loc[[0, 1, 2, 40], "group"] = "s000"
    table.loc[[50, 10], "group"] = "s010"
    for seed in range(10):
        split = split_songs(table, 5, seed)
        assert (split.groupby("group")["fold"].nunique() == 1).all()
        assert (split["fold"] >= 0).all()


def test_a_copy_of_a_known_song_among_the_unknown_ones_is_left_out():
    table = songs(A=9, B=9, Other=2)
    table.loc[[0, 19], "group"] = "s000"
    split = split_songs(table, 3, 1)
    assert split.loc[split["region"] == "Other", "song"].tolist() == ["s018"]
    assert split.groupby("group")["part"].nunique().max() == 1


def test_a_region_with_too_few_songs_is_named():
    few = songs(A=5, B=3)
    require_songs_per_region(["A", "B"], few, 3)
    with pytest.raises(NotEnoughData, match=r"split\.folds = 5 in: B \(3\)"):
        require_songs_per_region(["A", "B"], few, 5)
    with pytest.raises(NotEnoughData, match=r"C \(0\)"):
        require_songs_per_region(["A", "B", "C"], few, 3)


def test_copies_count_as_one_song():
    table = songs(A=5, B=3)
    table.loc[[5, 6], "group"] = "s005"
    with pytest.raises(NotEnoughData, match=r"B \(2\)"):
        require_songs_per_region(["A", "B"], table, 3)


def test_an_unknown_region_may_have_one_song():
    require_songs_per_region(["A"], songs(A=5, Other=1), 5)


def test_an_album_is_in_one_part_with_the_copies_of_its_songs():
    table = songs(A=30, B=30)
    table["album"] = [f"{region}{number // 5}" for number, region in enumerate(table["region"])]
    table.loc[[7, 8], "album"] = ""
    table.loc[[7, 20], "group"] = "s007"  # a copy of a song without an album
    table["group"] = group_albums(table, "album")
    assert table.loc[[7, 20, 21], "group"].nunique() == 1
    assert table.loc[8, "group"] == "s008"
    for seed in range(5):
        split = split_songs(table, 3, seed)
        assert (split.groupby("group")["fold"].nunique() == 1).all()
        assert split.groupby("region")["fold"].nunique().tolist() == [3, 3]


def test_songs_without_an_album_are_groups_of_one():
    table = songs(A=6, B=6).assign(album="")
    assert group_albums(table, "album").tolist() == table["song"].tolist()
