"""A judge of new songs that is not their guide: other features, learned from other songs."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.corpus import folk, folk_songs
from musicregion.dataset.dataset import Dataset
from musicregion.inference.predict_song import extract_song
from musicregion.inference.predictor import Predictor
from musicregion.models import base, onnx_export
from musicregion.models.fit import fit_model
from musicregion.models.onnx_model import OnnxModel
from musicregion.rendering.tune import Recipe

FEATURES, MODEL = "musicnn", "logistic"
MORE = 240  # rendered songs beside those of the corpus
REAL = 100  # of them are held out, as real songs
GRAPH = Path("data/judge/patches.onnx")


def others(settings: Params) -> tuple[list[Recipe], list[Recipe]]:
    """Songs to train the judge, and real songs; no tune of theirs is in a song of the corpus."""
    palettes, seed = corpus.load("folk").folk(), settings.folk.seed
    few = folk.choose_recipes(palettes, settings.folk.songs, seed)
    used = set().union(*(folk.melody_identities(tune) for recipe in few for tune in recipe.tunes))
    names = {recipe.song for recipe in few}
    fresh = [
        recipe
        for recipe in folk.choose_recipes(palettes, settings.folk.songs + MORE, seed)
        if recipe.song not in names
        and not any(folk.melody_identities(tune) & used for tune in recipe.tunes)
    ]
    order = np.random.default_rng(seed).permutation(len(fresh))
    mixed = [fresh[place] for place in order]
    return mixed[REAL:], mixed[:REAL]


def render(recipe: Recipe, settings: Params, folder: Path) -> Path:
    """The audio file of a song."""
    palette = corpus.load("folk").folk()[recipe.region].palette
    return folk_songs.folk_song(recipe, palette, settings.folk).fetch(folder, recipe.song).path


@lru_cache(1)
def _listener(settings: str) -> Predictor:
    """Features alone, as prediction has them. settings: as JSON, since params have no hash."""
    tree = json.loads(settings)
    params = {"features": FEATURES} | {
        f"{name}.{key}": value
        for name in (FEATURES, "segment")
        for key, value in tree[name].items()
    }
    return Predictor({"params": params}, None, OnnxModel(GRAPH, 1))


def prepare(settings: Params) -> None:
    """Write the pretrained network in the form that is quick to load."""
    GRAPH.parent.mkdir(parents=True, exist_ok=True)
    if not GRAPH.is_file():
        onnx_export.export_musicnn(settings.musicnn.networks, GRAPH)


def features(path: Path, settings: Params) -> np.ndarray:
    """What the judge hears in a file, [segment, time, channel]."""
    return extract_song(_listener(settings.model_dump_json(by_alias=True)), path)[0]


@dataclass(frozen=True)
class Judge:
    model: base.Classifier
    regions: list[str]

    def named(self, songs: list[np.ndarray]) -> list[str]:
        """The region of each song, given its features."""
        data = dataset(songs, ["?"] * len(songs), self.regions)
        names, probabilities = self.model.predict_songs(data, np.arange(len(data.features)))
        assert names.tolist() == sorted(set(data.songs))
        return [self.regions[best] for best in probabilities.argmax(axis=1)]


def dataset(songs: list[np.ndarray], regions: list[str], known: list[str]) -> Dataset:
    """Songs' features with their regions."""
    sizes = [len(song) for song in songs]
    names = np.repeat([f"{place:05}" for place in range(len(songs))], sizes)
    labels = np.repeat(
        [known.index(region) if region in known else -1 for region in regions], sizes
    )
    return Dataset(np.concatenate(songs), labels, names, names, np.full(len(names), "train"), known)


def fit(songs: list[np.ndarray], regions: list[str], settings: Params) -> Judge:
    """Train the judge."""
    known = sorted(set(regions))
    data = dataset(songs, regions, known)
    chosen = settings.model_copy(update={"features": FEATURES, "model": MODEL})
    model, _ = fit_model(data, np.arange(len(data.features)), None, chosen, lambda *_: None)
    return Judge(model, known)
