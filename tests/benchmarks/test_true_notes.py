import numpy as np

from benchmarks import true_notes
from musicregion.config import params
from musicregion.dataset.dataset import Dataset


def test_the_true_notes_of_a_song_are_the_rendered_ones():
    settings = params.load()
    recipe = true_notes.load_recipes(settings)["china-0001"]
    notes = true_notes.true_notes(recipe, settings)
    shortest, longest = settings.folk.seconds
    assert shortest - 2 < notes[:, 1].max() <= longest
    assert np.all(np.diff(notes[:, 0]) >= 0)
    assert np.all(notes[:, 1] > notes[:, 0])
    assert set(notes[:, 2]) <= set(range(128))


def test_a_corpus_that_is_not_rendered_has_no_true_notes():
    settings = params.load().model_copy(update={"corpus": "genshin"})
    assert true_notes.load_recipes(settings) == {}


def test_features_of_true_notes_are_in_the_order_of_the_segments():
    settings = params.load()
    recipes = true_notes.load_recipes(settings)

    def features(*songs):
        names = np.array(songs)
        data = Dataset({}, np.zeros(len(names), int), names, names, names, ["a"])
        return true_notes.with_true_notes(data, recipes, settings).array

    china, germany = ["china-0001"] * 2, ["germany-0001"] * 3
    first, second = features(*germany, *china), features(*china, *germany)
    assert np.array_equal(first[:3], second[2:])
    assert np.array_equal(first[3:], second[:2])
    assert not np.array_equal(first[:2], second[:2])
