"""Judges of new songs that are independent of their guide: they have learned from other songs."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.corpus import folk, folk_songs
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.features.registry import KINDS
from musicregion.inference.predict_song import extract_song
from musicregion.inference.predictor import Predictor
from musicregion.models import base
from musicregion.models.fit import fit_model
from musicregion.rendering.tune import Recipe
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS, musicnn_graph

MODELS = {"musicnn": "logistic", "tonal": "committee"}  # by the kind of features
EXTRA_SONGS = 240  # rendered beside those of the corpus
REAL_SONGS = 100  # of them are held out, as real songs


def choose_songs(
    settings: Params, name: str = "folk", extra: int = 0, real: int = 0
) -> tuple[list[Recipe], list[Recipe]]:
    """Songs to train the judge on, and real songs. They share no tune with songs of the corpus.

    name: of a corpus that is rendered from tunes. extra, real: in place of EXTRA_SONGS, REAL_SONGS.
    """
    chosen, seed = corpus.load(name), settings.folk.seed
    extra, real = extra or EXTRA_SONGS, real or REAL_SONGS
    corpus_songs = folk.choose_recipes(chosen, settings.folk.songs, seed)
    used = set().union(
        *(folk.melody_identities(tune) for recipe in corpus_songs for tune in recipe.tunes)
    )
    names = {recipe.song for recipe in corpus_songs}
    unused = [
        recipe
        for recipe in folk.choose_recipes(chosen, settings.folk.songs + extra, seed)
        if recipe.song not in names
        and not any(folk.melody_identities(tune) & used for tune in recipe.tunes)
    ]
    order = np.random.default_rng(seed).permutation(len(unused))
    shuffled = [unused[index] for index in order]
    return shuffled[real:], shuffled[:real]


def render(recipe: Recipe, settings: Params, folder: Path) -> Path:
    """The audio file of a song."""
    return folk_songs.folk_song(recipe, settings.folk).fetch(folder, recipe.song).path


@lru_cache(1)
def _load_extractor(kind: str, settings: str) -> Predictor:
    """A predictor without a model, for its features, whose network has been made before.

    settings: JSON, since params have no hash.
    """
    tree = json.loads(settings)
    params = {"features": kind} | {
        f"{name}.{key}": value for name in (kind, "segment") for key, value in tree[name].items()
    }
    segment = tree["segment"]
    samples = round(segment["sample_rate"] * segment["window"])
    front_end = KINDS[kind].make_front_end(segment["sample_rate"], samples, tree[kind])
    networks = {"musicnn": musicnn_graph(tree["musicnn"]["networks"]), "tonal": BASIC_PITCH_WEIGHTS}
    return Predictor({"params": params}, None, {kind: front_end}, {kind: networks[kind]}, None)


def extract_features(path: Path, settings: Params, kind: str = "musicnn") -> np.ndarray:
    """The judge's features of a file, [segment, time, channel]. kind: one of MODELS."""
    extractor = _load_extractor(kind, settings.model_dump_json(by_alias=True))
    return extract_song(extractor, path)[0][kind]


@dataclass(frozen=True)
class Judge:
    model: base.Classifier
    regions: list[str]
    kind: str

    def score_regions(self, songs: list[np.ndarray]) -> np.ndarray:
        """The probabilities of each song, given its features, [song, region]."""
        data = as_dataset(songs, None, self.regions, self.kind)
        names, probabilities = self.model.predict_songs(data, np.arange(len(data)))
        assert names.tolist() == sorted(set(data.songs))
        return probabilities

    def predict_regions(self, songs: list[np.ndarray]) -> list[str]:
        """The region of each song, given its features."""
        return [self.regions[best] for best in self.score_regions(songs).argmax(axis=1)]


def as_dataset(
    songs: list[np.ndarray], regions_of_songs: list[str] | None, regions: list[str], kind: str
) -> Dataset:
    """A data set of songs' features [segment, time, channel], with or without their regions."""
    sizes = [len(song) for song in songs]
    names = np.repeat([f"{number:05}" for number in range(len(songs))], sizes)
    song_labels = (
        [regions.index(region) for region in regions_of_songs]
        if regions_of_songs
        else [UNKNOWN] * len(songs)
    )
    labels = np.repeat(song_labels, sizes)
    parts = np.full(len(names), "train")
    return Dataset({kind: np.concatenate(songs)}, labels, names, names, parts, regions)


def train_judge(
    songs: list[np.ndarray], regions_of_songs: list[str], settings: Params, kind: str = "musicnn"
) -> Judge:
    """Train the judge on songs' features [segment, time, channel]. kind: one of MODELS."""
    regions = sorted(set(regions_of_songs))
    data = as_dataset(songs, regions_of_songs, regions, kind)
    settings = settings.model_copy(update={"features": kind, "model": MODELS[kind]})
    model, _ = fit_model(data, np.arange(len(data)), None, settings, lambda *_: None)
    return Judge(model, regions, kind)
