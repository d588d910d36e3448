"""The notes of rendered songs as they were played, and what perfect transcription would give."""

from dataclasses import replace

import numpy as np

from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.corpus import folk, folk_rendering
from musicregion.dataset.dataset import Dataset
from musicregion.rendering.tune import Recipe


def load_recipes(settings: Params) -> dict[str, Recipe]:
    """The recipe of each song that the corpus of params.yaml renders; none if it renders none."""
    chosen = corpus.load(settings.corpus)
    recipes = folk.choose_recipes(chosen, settings.folk.songs, settings.folk.seed)
    return {recipe.song: recipe for recipe in recipes}


def true_notes(recipe: Recipe, settings: Params) -> np.ndarray:
    """The notes of a song without its drums by start, [note, (start, end, pitch)], in seconds."""
    import symusic

    midi, seconds, _ = folk_rendering.perform_recipe(recipe, settings.folk)
    tracks = symusic.Score.from_midi(midi).to("second").tracks
    rows = [
        (note.start, min(note.end, seconds), note.pitch)
        for track in tracks
        if not track.is_drum
        for note in track.notes
    ]
    return np.array(sorted(rows))


def with_true_notes(data: Dataset, recipes: dict[str, Recipe], settings: Params) -> Dataset:
    """The same segments with the tonal features of their true notes."""
    from musicregion.features import tonal

    songs, first, counts = np.unique(data.songs, return_index=True, return_counts=True)
    features = [
        tonal.note_features(
            true_notes(recipes[songs[index]], settings), counts[index], settings.segment.window
        )
        for index in np.argsort(first)
    ]
    return replace(data, features={"tonal": np.concatenate(features)})
