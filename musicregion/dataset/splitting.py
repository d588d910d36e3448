"""Divides songs into folds, and so into train, validation and test; groups stay whole."""

import numpy as np
import pandas as pd

from musicregion.dataset.groups import merge_groupings
from musicregion.errors import NotEnoughData

TEST, VALIDATION = 0, 1  # the folds of these parts; the others are for training


def assign_folds(regions: np.ndarray, groups: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A fold for every song, stratified by region, each group whole; int [song].

    regions, groups: [song]. Where groups are large, folds are as equal as groups permit.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    names, first, place = np.unique(groups, return_index=True, return_inverse=True)
    if len(names) * 2 > len(groups):  # a copy here and there: one song stands for its group
        kfold = StratifiedKFold(count, shuffle=True, random_state=seed)
        fold = np.empty(len(names), int)
        for number, (_, held) in enumerate(kfold.split(names, regions[first])):
            fold[held] = number
        return fold[place]
    fold = np.empty(len(groups), int)
    kfold = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for number, (_, held) in enumerate(kfold.split(groups, regions, groups)):
        fold[held] = number
    return fold


def group_albums(songs: pd.DataFrame, by: str) -> pd.Series:
    """Each song's group, named by its first song: a recording's copies and an album's songs.

    songs: song, group (of recordings) and the column `by`. Songs without an album stay with their
    copies alone.
    """
    albums = songs[by].where(songs[by] != "", songs["song"].radd("\0"))  # one of its own
    return songs.groupby(merge_groupings(songs["group"], albums))["song"].transform("min")


def part_of_fold(fold: int) -> str:
    return {-1: "unknown", TEST: "test", VALIDATION: "validation"}.get(fold, "train")


def split_songs(songs: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """songs: one row each with song, region, group, unknown. Returns them with a part and a fold.

    A group is in one fold, whole; it counts for the region of its first song. Songs of unknown
    regions are in no fold: they are never trained on. A copy of a known song among them is out.
    """
    table = songs.sort_values("song").reset_index(drop=True)
    learned = table.loc[~table["unknown"], "group"]
    # a recording that may be trained on cannot test for music of no region
    table = table[~(table["unknown"] & table["group"].isin(learned))].reset_index(drop=True)
    known = ~table["unknown"]
    table["fold"] = -1
    regions, groups = (table.loc[known, name].to_numpy(str) for name in ("region", "group"))
    table.loc[known, "fold"] = assign_folds(regions, groups, count, seed)
    table["part"] = table["fold"].map(part_of_fold)
    return table


def regions_below(groups: dict[str, int], count: int) -> str:
    """The regions that have fewer groups of songs than folds, in words; empty if none."""
    return ", ".join(f"{name} ({number})" for name, number in groups.items() if number < count)


def require_songs_per_region(regions: list[str], table: pd.DataFrame, count: int) -> None:
    """Stop where one of the corpus's regions has fewer usable groups of songs than folds.

    Raises:
        NotEnoughData: names each such region, and what to do.
    """
    first = table[~table["unknown"]].sort_values("song").drop_duplicates("group")
    usable = first["region"].value_counts()
    named = regions_below({name: usable.get(name, 0) for name in regions}, count)
    if named:
        raise NotEnoughData(
            f"split: too few usable songs for split.folds = {count} in: {named}. "
            "Add songs to these regions, take the regions out of the corpus, or lower split.folds."
        )
