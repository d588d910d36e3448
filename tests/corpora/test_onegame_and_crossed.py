"""What arranges the songs of onegame and crossed tells nothing about their regions."""

from unittest import mock

import numpy as np
import pytest
import symusic

from musicregion.config import corpus, params
from musicregion.corpus import folk, folk_rendering, folk_songs
from musicregion.rendering import arrange
from musicregion.rendering.arrange import FIGURES
from musicregion.rendering.orchestrate import DRUMS, PARTS

CORPORA = ("onegame", "crossed")
SETTINGS = params.load().folk
SEEDS = range(1, 6)  # each draws other arrangements of the same tunes
CHANCE = 1 / 6  # of a region's songs
DOUBT = 0.04  # three standard deviations of macro recall over permuted regions


@pytest.fixture(scope="module")
def folk_recipes():
    return folk.choose_recipes(corpus.load("folk"), 120, SETTINGS.seed)


@pytest.fixture(scope="module")
def arrangements(folk_recipes):
    """arrangements(corpus): a row of draws for each song and seed, and the regions."""

    def draw(name):
        chosen = corpus.load(name)
        recipes = [
            (folk.make_recipe(chosen, song.region, song.number, song.tunes, seed), seed)
            for seed in SEEDS
            for song in folk_recipes
        ]
        draws = [draw_arrangement(recipe, seed) for recipe, seed in recipes]
        return np.stack(draws), np.array([recipe.region for recipe, _ in recipes])

    return draw


def draw_arrangement(recipe, seed):
    """Programs, figure, drums, register, sounding tonic, each as 0 or 1, and tempo."""
    laid_out = mock.Mock(wraps=arrange.lay_out_tunes)
    settings = SETTINGS.model_copy(update={"seed": seed, "seconds": (8.0, 8.0)})
    with mock.patch.object(arrange, "lay_out_tunes", laid_out):
        midi, _, _ = folk_rendering.perform_recipe(recipe, settings)
    tunes, figure, drums, _, register = laid_out.call_args.args
    melody = arrange.lay_out_tunes(tunes, figure, drums, 1, register)["melody"]
    score = symusic.Score.from_midi(midi)
    transposed = score.tracks[0].notes[0].pitch - melody[0][2]
    tonic = int(tunes[0].notes[-1, 2] + transposed) % 12
    row = [np.arange(128) == track.program for track in score.tracks[: len(PARTS) - 1]]
    row += [np.array(FIGURES) == figure, np.array(list(DRUMS)) == drums]
    row += [np.arange(64, 79) == register, np.arange(12) == tonic, [score.tempos[0].qpm]]
    return np.concatenate(row).astype(float)


def classify(draws, regions):
    """Macro recall of regions that are predicted from draws, 5 folds."""
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.metrics import recall_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    trees = ExtraTreesClassifier(
        100, min_samples_leaf=3, class_weight="balanced", random_state=0, n_jobs=1
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(trees, draws, regions, cv=folds)
    return recall_score(regions, predicted, average="macro")


def test_folks_arrangements_tell_the_region(arrangements):
    assert classify(*arrangements("folk")) > 0.8


@pytest.mark.parametrize("name", CORPORA)
def test_arrangements_tell_no_region(arrangements, name):
    assert classify(*arrangements(name)) == pytest.approx(CHANCE, abs=DOUBT)


@pytest.mark.parametrize("name", CORPORA)
def test_palette_tempo_and_key_do_not_depend_on_the_tunes(folk_recipes, name):
    chosen = corpus.load(name)
    songs = [folk.make_recipe(chosen, "Ireland", 3, each.tunes, 1) for each in folk_recipes[::20]]
    assert len({repr(song.palette) for song in songs}) == 1
    (tempo,) = {song.tempo for song in songs}
    assert 66 <= tempo <= 150
    assert len({tune.notes[-1, 2] % 12 for song in songs for tune in song.tunes}) == 1


def test_the_melodies_are_those_of_folk(folk_recipes):
    recipes = folk.choose_recipes(corpus.load("onegame"), 120, SETTINGS.seed)
    assert [each.song for each in recipes] == [each.song for each in folk_recipes]
    for recipe, original in zip(recipes, folk_recipes, strict=True):
        for ours, theirs in zip(recipe.tunes, original.tunes, strict=True):
            assert ours.title == theirs.title
            assert np.array_equal(np.diff(ours.notes[:, 2]), np.diff(theirs.notes[:, 2]))


def test_onegame_has_all_of_folks_instruments_figures_and_drums_with_equal_weight():
    (palette,) = corpus.load("onegame").palettes.values()
    for part in type(palette).model_fields:
        names = {
            name
            for own in corpus.load("folk").own_palettes().values()
            for name in getattr(own, part)
        }
        assert getattr(palette, part) == dict.fromkeys(names, 1.0)


def test_crossed_has_folks_palettes_each_for_songs_of_every_region(folk_recipes):
    chosen = corpus.load("crossed")
    assert chosen.palettes == corpus.load("folk").own_palettes()
    names = {repr(palette): name for name, palette in chosen.palettes.items()}
    pairs = {
        (each.region, names[repr(folk.make_recipe(chosen, each.region, number, (), 1).palette)])
        for each in folk_recipes
        for number in range(40)
    }
    assert len(pairs) == 36


@pytest.mark.parametrize("name", CORPORA)
def test_shares_and_sources_are_those_of_folk(name):
    sources = corpus.load("folk").folk().items()
    assert corpus.load(name).folk() == {
        region: source.model_copy(update={"palette": None}) for region, source in sources
    }


def test_a_song_is_the_same_bytes_again(folk_recipes, tmp_path):
    settings = SETTINGS.model_copy(update={"seconds": (5.0, 5.0)})

    def render(stem):
        recipe = folk.make_recipe(corpus.load("crossed"), "China", 0, folk_recipes[50].tunes, 1)
        return folk_songs.folk_song(recipe, settings).fetch(tmp_path, stem).path.read_bytes()

    assert render("first") == render("second")
