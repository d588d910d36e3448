"""Finds songs whose label may be wrong: models not trained on them predict another region."""

import numpy as np
import pandas as pd

from musicregion.models.opinion_pool import TINY

COLUMNS = ["song", "region", "likely", "probability", "likely_probability", "title", "listen"]


def find_suspects(predictions: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    """All predicted songs, the one whose own region is least probable first.

    The ranking is by self-confidence (Northcutt et al., Confident Learning, 2021): the out-of-fold
    probability of the song's label, here the geometric mean over repeats.

    Args:
        predictions: song, region and p_<region>, one row for each song and repeat.
        songs: song, title, source and path.

    Returns:
        A table of COLUMNS; likely: the most probable other region; listen: a URL or a path.
    """
    columns = [str(name) for name in predictions if str(name).startswith("p_")]
    regions = np.array([name.removeprefix("p_") for name in columns])
    by_song = predictions.groupby("song")
    log_probabilities = predictions[columns].clip(lower=TINY).apply(np.log)
    probabilities = np.exp(log_probabilities.groupby(predictions["song"]).mean().to_numpy())
    probabilities /= probabilities.sum(axis=1, keepdims=True)  # [song, region]
    region = by_song["region"].first()
    is_own = regions == region.to_numpy(str)[:, None]
    others = np.where(is_own, -1, probabilities)
    table = pd.DataFrame(
        {
            "song": region.index,
            "region": region.to_numpy(),
            "likely": regions[others.argmax(axis=1)],
            "probability": probabilities[is_own].round(6),
            "likely_probability": others.max(axis=1).round(6),
        }
    ).merge(songs[["song", "title", "source", "path"]], on="song")
    is_url = table["source"].str.match("https?://")
    table["listen"] = table["source"].where(is_url, table["path"])
    return table.sort_values(["probability", "song"])[COLUMNS]
