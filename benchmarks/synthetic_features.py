"""Features of as many songs as are wanted, as the pipeline's files: noise of the right shape."""

from pathlib import Path

import numpy as np
import pandas as pd

from musicregion.dataset.splitting import part_of_fold
from musicregion.storage import tables
from musicregion.storage.paths import features_array

REGIONS, FOLDS = 4, 5
SEGMENTS = 18  # of a song of three minutes
SHAPE = (431, 13)  # MFCC of a segment of ten seconds: time, coefficient


def write_features(songs: int, folder: Path) -> None:
    """Write segments.csv, splits.csv, features.csv and the array of MFCC to a folder's data/.

    Frames are white noise around a song's mean, which lies around its region's.
    """
    numbers = np.arange(songs)
    table = pd.DataFrame({"song": [f"song-{number:08}" for number in numbers]})
    table["region"] = [f"Region {number % REGIONS}" for number in numbers]
    fold = numbers // REGIONS % FOLDS
    splits = table.assign(group=table["song"], part=list(map(part_of_fold, fold)), fold=fold)
    segments = table.loc[table.index.repeat(SEGMENTS)].assign(
        index=np.tile(np.arange(SEGMENTS), songs), start_s=0.0, duration_s=10.0, looped=False
    )
    path = folder / features_array("mfcc")
    path.parent.mkdir(parents=True)
    tables.SEGMENTS.write(segments, folder)
    tables.SPLITS.write(splits, folder)
    tables.FEATURES.write([], folder)
    random = np.random.default_rng(0)
    means = random.normal(0, 0.3, (REGIONS, SHAPE[1]))[numbers % REGIONS]
    means += random.normal(0, 0.3, means.shape)
    array = np.lib.format.open_memmap(path, "w+", "float32", (songs * SEGMENTS, *SHAPE))
    for number in numbers:
        values = random.standard_normal((SEGMENTS, *SHAPE), "float32")
        array[number * SEGMENTS : (number + 1) * SEGMENTS] = values + means[number]
