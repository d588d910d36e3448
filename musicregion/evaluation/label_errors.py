"""Finds songs whose label may be wrong: models not trained on them predict another region."""

import numpy as np
import pandas as pd

from musicregion.config.corpus import Corpus
from musicregion.models.opinion_pool import TINY

COLUMNS = ["song", "region", "likely", "probability", "likely_probability", "title", "listen"]


def undecided(songs: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The songs for which the corpus file has no decision: nobody need listen to the others again.

    songs: a table with song and source.
    """
    is_open = [
        corpus.decision(song, source) is None
        for song, source in zip(songs["song"], songs["source"], strict=True)
    ]
    return songs[is_open]


def find_suspects(predictions: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    """All predicted songs that are in `songs`, the one whose label is most doubtful first.

    The ranking is by the odds of the label against the most probable other region, by out-of-fold
    probabilities, their means over repeats. On folk it is slightly better than self-confidence and
    normalised margin (Northcutt et al., Confident Learning, 2021); see benchmarks/README.md.

    Args:
        predictions: song, region and p_<region>, one row for each song and repeat.
        songs: song, title, source and path.

    Returns:
        A table of COLUMNS; likely: the most probable other region; listen: a URL or a path.
    """
    columns = [str(name) for name in predictions if str(name).startswith("p_")]
    regions = np.array([name.removeprefix("p_") for name in columns])
    by_song = predictions.groupby("song")
    probabilities = by_song[columns].mean().clip(lower=TINY).to_numpy()  # [song, region]
    region = by_song["region"].first()
    is_own = regions == region.to_numpy(str)[:, None]
    others = np.where(is_own, -1, probabilities)
    probability, likely_probability = probabilities[is_own], others.max(axis=1)
    table = pd.DataFrame(
        {
            "song": region.index,
            "region": region.to_numpy(),
            "likely": regions[others.argmax(axis=1)],
            "probability": probability.round(6),
            "likely_probability": likely_probability.round(6),
            "odds": probability / likely_probability,
        }
    ).merge(songs[["song", "title", "source", "path"]], on="song")
    is_url = table["source"].str.match("https?://")
    table["listen"] = table["source"].where(is_url, table["path"])
    return table.sort_values(["odds", "song"])[COLUMNS]
