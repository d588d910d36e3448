"""Label doctor: which songs a model that never heard them would put elsewhere."""

import numpy as np
import pandas as pd

COLUMNS = [
    *("song", "region", "likely", "margin", "probability", "likely_probability", "title", "listen")
]


def suspects(predictions: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    """Songs by how much likelier another region is than their own, the most suspicious first.

    The margin is the out-of-fold probability of the own label less that of the likeliest other
    one, between -1 and 1 (normalised margin: Northcutt et al., Confident Learning, 2021).

    predictions: song, region and p_<region>, one row for each repeat. songs: song, title, source
    and path.
    """
    columns = [name for name in predictions if name.startswith("p_")]
    mean = predictions.groupby("song").agg({"region": "first"} | dict.fromkeys(columns, "mean"))
    regions = np.array([name.removeprefix("p_") for name in columns])
    values = mean[columns].to_numpy()
    own = regions == mean["region"].to_numpy(str)[:, None]  # [song, region]
    others = np.where(own, -1, values)
    table = pd.DataFrame(
        {
            "song": mean.index,
            "region": mean["region"].to_numpy(),
            "likely": regions[others.argmax(axis=1)],
            "margin": values[own] - others.max(axis=1),
            "probability": values[own],
            "likely_probability": others.max(axis=1),
        }
    ).merge(songs[["song", "title", "source", "path"]], on="song")
    link = table["source"].str.match("https?://")
    table["listen"] = table["source"].where(link, table["path"])
    table = table.sort_values(["margin", "song"]).round(6)
    return table[COLUMNS]
