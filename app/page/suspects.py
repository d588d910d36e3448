"""The label doctor's songs: those that models not trained on them would put in another region."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from musicregion.config import corpus, params
from musicregion.errors import InputError
from musicregion.evaluation.label_errors import undecided
from musicregion.storage import tables
from musicregion.storage.paths import CARD, MODELS, SUSPECTS


@dataclass(frozen=True)
class Suspect:
    """A song to listen to."""

    song: str  # id
    title: str
    region: str  # that it is in
    likely: str  # that it may belong to
    probability: float  # of its region
    likely_probability: float
    path: Path


@dataclass(frozen=True)
class Suspects:
    """The songs without a decision, most suspicious first, and how many there were at first."""

    corpus: str
    regions: list[str]  # of the corpus file, those of no class too
    songs: list[Suspect]
    total: int


def read_suspects() -> Suspects:
    """The suspects of the last training, less those that the corpus file has decisions for now.

    Raises:
        ConfigError: the corpus file holds a mistake.
        InputError: the last training left no suspects.
    """
    if not SUSPECTS.is_file() or not (MODELS / CARD).is_file():
        raise InputError(f"{SUSPECTS}: not found. `dvc repro` makes it.")
    name = json.loads((MODELS / CARD).read_text())["params"]["corpus"]
    chosen = corpus.load(name)
    texts = dict.fromkeys(["song", "region", "likely", "title", "listen"], "string")
    table = pd.read_csv(SUSPECTS, dtype=texts, keep_default_na=False)
    table = table[table["likely_probability"] > table["probability"]]
    table = table.merge(tables.SONGS.read()[["song", "source", "path"]], on="song")
    rows = undecided(table, chosen)[list(Suspect.__annotations__)].to_dict("records")
    songs = [Suspect(**row | {"path": Path(row["path"])}) for row in rows]
    return Suspects(name, list(chosen.regions), songs, len(table))


def find_nearest(song: str, region: str) -> tuple[str, Path] | None:
    """Title and file of the song of a region that sounds nearest to a song; None: it has no other.

    Raises:
        InputError: the dataset is missing.
    """
    from musicregion.dataset.loading import dataset_checksums

    songs = tables.SONGS.read().set_index("song")
    try:
        distances = measure_distances(tuple(dataset_checksums().values()))[song]
    except FileNotFoundError as error:
        raise InputError(f"{error.filename}: not found. `dvc repro` makes it.") from None
    others = distances.drop(song)
    others = others[songs.loc[others.index, "region"].to_numpy() == region]
    if others.empty:
        return None
    nearest = songs.loc[others.idxmin()]
    return nearest["title"], Path(nearest["path"])


@lru_cache(maxsize=1)
def measure_distances(checksums: tuple[str, ...]) -> pd.DataFrame:
    """Distances between all songs of the regions, a column and a row for each.

    They are those by which predictions name the nearest training songs. checksums: of the dataset.
    """
    from musicregion.dataset.loading import load_dataset
    from musicregion.models.kernel_regression import fit_kernel_regression
    from musicregion.models.training_songs import song_statistics

    data = load_dataset(params.load().kinds)
    rows = data.known()
    songs, first = np.unique(data.songs[rows], return_index=True)
    kinds = song_statistics(data, rows)
    measure = fit_kernel_regression(kinds, data.labels[rows][first])
    return pd.DataFrame(measure.distances(np.hstack(kinds)), songs, songs)
