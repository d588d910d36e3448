"""Divides songs into folds, and so into train, validation and test; never divides a group."""

import numpy as np
import pandas as pd

from musicregion.dataset.groups import merge_groupings
from musicregion.errors import NotEnoughData

TEST, VALIDATION = 0, 1  # the folds of these parts; all others are for training


def assign_folds(regions: np.ndarray, groups: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A fold for every song, int [song]: stratified by region, each group in one fold.

    regions, groups: str [song]. Folds are as equal as the size of the groups permits.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    names, first, group_index = np.unique(groups, return_index=True, return_inverse=True)
    if len(names) * 2 > len(groups):  # mostly groups of one: the first song represents its group
        kfold = StratifiedKFold(count, shuffle=True, random_state=seed)
        fold_of_group = np.empty(len(names), int)
        for fold, (_, rows) in enumerate(kfold.split(names, regions[first])):
            fold_of_group[rows] = fold
        return fold_of_group[group_index]
    folds = np.empty(len(groups), int)
    kfold = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for fold, (_, rows) in enumerate(kfold.split(groups, regions, groups)):
        folds[rows] = fold
    return folds


def group_albums(songs: pd.DataFrame, by: str) -> pd.Series:
    """Merge groups of recordings that share an album; each is named after its first song.

    A song without an album is grouped with copies of its recording alone.

    songs: columns song, group (of recordings) and `by`, which names the album; "" is none.
    """
    albums = songs[by].where(songs[by] != "", songs["song"].radd("\0"))  # none: a unique name
    return songs.groupby(merge_groupings(songs["group"], albums))["song"].transform("min")


def part_of_fold(fold: int) -> str:
    return {-1: "unknown", TEST: "test", VALIDATION: "validation"}.get(fold, "train")


def split_songs(songs: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """The songs, sorted by id, with the columns part and fold.

    All songs of a group are in one fold. Songs of no region have fold -1, as they are never
    trained on; those that are copies of a song with a region are left out.

    songs: one row each, with the columns song, region, group and unknown.
    """
    table = songs.sort_values("song").reset_index(drop=True)
    groups_with_region = table.loc[~table["unknown"], "group"]
    # a recording that may be in the training set is not new to the model
    copies = table["unknown"] & table["group"].isin(groups_with_region)
    table = table[~copies].reset_index(drop=True)
    has_region = ~table["unknown"]
    table["fold"] = -1
    regions, groups = (table.loc[has_region, name].to_numpy(str) for name in ("region", "group"))
    table.loc[has_region, "fold"] = assign_folds(regions, groups, count, seed)
    table["part"] = table["fold"].map(part_of_fold)
    return table


def regions_below(groups: dict[str, int], count: int) -> str:
    """Regions with fewer than `count` groups of songs, as text: "A (2), B (3)"; "" if none."""
    return ", ".join(f"{name} ({number})" for name, number in groups.items() if number < count)


def require_songs_per_region(regions: list[str], table: pd.DataFrame, count: int) -> None:
    """Check that each region of the corpus has at least as many usable groups of songs as folds.

    Raises:
        NotEnoughData: names each region that has not, and what to do.
    """
    first = table[~table["unknown"]].sort_values("song").drop_duplicates("group")
    usable = first["region"].value_counts()
    too_small = regions_below({name: usable.get(name, 0) for name in regions}, count)
    if too_small:
        raise NotEnoughData(
            f"split: too few usable songs for split.folds = {count} in: {too_small}. "
            "Add songs to these regions, take the regions out of the corpus, or lower split.folds."
        )
