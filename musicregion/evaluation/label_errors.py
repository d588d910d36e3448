"""Label doctor: which songs a model that never heard them would put elsewhere."""

import numpy as np
import pandas as pd

from musicregion.models.opinion_pool import TINY

COLUMNS = ["song", "region", "likely", "probability", "likely_probability", "title", "listen"]


def find_suspects(predictions: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    """All songs that were answered, by how unlikely their own region is, the unlikeliest first.

    The out-of-fold probability of the own label, geometric mean over repeats, is what finds most
    songs that were moved on purpose (self-confidence: Northcutt et al., Confident Learning, 2021).
    likely: the likeliest other region.

    predictions: song, region and p_<region>, one row for each repeat. songs: song, title, source
    and path.
    """
    columns = [name for name in predictions if name.startswith("p_")]
    regions = np.array([name.removeprefix("p_") for name in columns])
    by_song = predictions.groupby("song")
    logs = np.log(predictions[columns].clip(lower=TINY)).groupby(predictions["song"]).mean()
    mean = np.exp(logs.to_numpy())  # [song, region]
    mean /= mean.sum(axis=1, keepdims=True)
    region = by_song["region"].first()
    own = regions == region.to_numpy(str)[:, None]
    others = np.where(own, -1, mean)
    table = pd.DataFrame(
        {
            "song": region.index,
            "region": region.to_numpy(),
            "likely": regions[others.argmax(axis=1)],
            "probability": mean[own].round(6),
            "likely_probability": others.max(axis=1).round(6),
        }
    ).merge(songs[["song", "title", "source", "path"]], on="song")
    link = table["source"].str.match("https?://")
    table["listen"] = table["source"].where(link, table["path"])
    return table.sort_values(["probability", "song"])[COLUMNS]
