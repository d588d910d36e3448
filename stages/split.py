"""`python -m stages.split`: every song into one fold, and so into train, validation or test."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages import params, tables
from stages.download import SONGS
from stages.segment import SEGMENTS

SPLITS = Path("data/splits.csv")
TEST, VALIDATION = 0, 1  # the folds of these parts; the others are for training


def folds(regions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A fold for every song, stratified by region. regions: [song]; returns int [song]."""
    from sklearn.model_selection import StratifiedKFold

    fold = np.empty(len(regions), int)
    kfold = StratifiedKFold(count, shuffle=True, random_state=seed)
    for number, (_, songs) in enumerate(kfold.split(regions, regions)):
        fold[songs] = number
    return fold


def part(fold: int) -> str:
    return {-1: "unknown", TEST: "test", VALIDATION: "validation"}.get(fold, "train")


def split(songs: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """songs: one row each with song, region, unknown. Returns them with a part and a fold.

    Songs of unknown regions are in no fold: they are never trained on.
    """
    table = songs.sort_values("song").reset_index(drop=True)
    known = ~table["unknown"].to_numpy()
    table["fold"] = -1
    table.loc[known, "fold"] = folds(table.loc[known, "region"].to_numpy(str), count, seed)
    table["part"] = table["fold"].map(part)
    return table


def main() -> None:
    settings = params.from_command(__doc__).split
    songs = tables.read(SONGS, tables.SONGS)
    usable = tables.read(SEGMENTS, tables.SEGMENTS)["song"].unique()
    table = split(songs[songs["song"].isin(usable)], settings.folds, settings.seed)
    tables.write(table, tables.SPLITS, SPLITS)
    print(table.pivot_table("song", "region", "part", "count", 0, margins=True).to_string())


if __name__ == "__main__":
    main()
