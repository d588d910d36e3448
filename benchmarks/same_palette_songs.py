"""Songs that differ in their tunes alone: real ones, and new ones beside them."""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks import judge
from benchmarks.new_tunes import write_tunes
from benchmarks.tasks import map_all
from benchmarks.true_notes import true_notes
from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.corpus import folk
from musicregion.features import tonal
from musicregion.rendering.tune import Recipe, Tune

CORPUS, KIND = "onegame", "tonal"
SECONDS = 30.0  # of a song
TRIES = 4
GUIDED = ("n-gram", "decoder", "decoder with form")  # the kinds that are guided as well
Songs = dict[tuple[str, bool], list[Recipe]]  # by kind, and whether guided


def hear(recipe: Recipe, settings: Params) -> np.ndarray:
    """The judge's features of a rendered song, [segment, time, channel]."""
    with tempfile.TemporaryDirectory() as folder:
        path = judge.render(recipe, settings, Path(folder))
        return judge.extract_features(path, settings, KIND)


def read_notes(recipe: Recipe, settings: Params) -> np.ndarray:
    """The features of a song's notes, [segment, time, channel]."""
    segments = int(SECONDS // settings.segment.window)
    return tonal.note_features(true_notes(recipe, settings), segments, settings.segment.window)


def write_recipe(folder: Path, kind: str, real: Recipe, numbers: tuple, seed: int) -> Recipe:
    """A new song that differs from a real one in its tunes alone. numbers: of song and try."""
    pieces, _ = write_tunes(folder, kind, real.region, *numbers)
    tunes = tuple(Tune("", notes, bar, 0.0) for notes, bar in pieces)
    return folk.make_recipe(corpus.load(CORPUS), real.region, real.number, tunes, seed)


def write_songs(
    folder: Path, kind: str, real: list[Recipe], guide: judge.Judge, settings: Params
) -> Songs:
    """New songs, unguided and, for some kinds, guided, each beside a real one."""
    tries = TRIES if kind in GUIDED else 1
    items = [
        (folder, kind, recipe, (song, attempt), settings.folk.seed)
        for song, recipe in enumerate(real)
        for attempt in range(tries)
    ]
    new = map_all(write_recipe, items, kind)
    songs = {(kind, False): new[::tries]}
    if tries > 1:
        scores = guide.score_regions(map_all(read_notes, [(one, settings) for one in new], "guide"))
        regions = [guide.regions.index(recipe.region) for recipe in new]
        liked = scores[np.arange(len(new)), regions].reshape(-1, tries).argmax(axis=1)
        songs[kind, True] = [new[tries * song + best] for song, best in enumerate(liked)]
    return songs
