"""Distances are zero between equal sets of pieces, and grow with what differs."""

import numpy as np
import pytest

from benchmarks import judge, musicality
from musicregion.config import corpus, params
from musicregion.corpus import folk


def tune(steps, lengths=(0.5, 1.0), seed=0, size=64):
    random = np.random.default_rng(seed)
    pitches = 60 + np.cumsum(random.choice(steps, size)) % 24
    durations = random.choice(lengths, size)
    starts = np.concatenate([[0], np.cumsum(durations)[:-1]])
    return np.stack([starts, durations, pitches], 1), 4.0


def test_equal_sets_have_no_distance():
    piece_set = [tune((-2, 2, 1)), tune((5, -4), seed=1)]
    assert set(musicality.measure_distances(piece_set, piece_set).values()) == {0.0}


def doubled():
    """The same tune in two octaves at once."""
    notes, bar = tune((-2, 2, 1))
    return np.concatenate([notes, notes - np.array([0, 0, 12])]), bar


def monotonous():
    """One whole note, again and again."""
    return np.array([[4 * bar, 4, 60] for bar in range(8)], float), 4.0


@pytest.mark.parametrize(
    ("other", "name"),
    [
        (tune((-7, 7), seed=2), "interval_distance"),
        (tune((-2, 2, 1), lengths=(2.0,)), "length_distance"),
        (doubled(), "polyphony_distance"),
        (tune((12, -12)), "pitch_class_distance"),
        (monotonous(), "repetition_distance"),
        (monotonous(), "similarity_4_distance"),
        (tune((-2, 2, 1), lengths=(0.5, 0.5, 4.0)), "phrase_distance"),
        (tune((-3, 4)), "degree_distance"),
        (tune((-6, 6), lengths=(0.5, 0.5, 4.0)), "cadence_distance"),
    ],
)
def test_each_difference_has_its_distance(other, name):
    piece_set = [tune((-2, 2, 1))]
    assert musicality.measure_distances([other], piece_set)[name] > 0.3


def test_the_key_of_a_piece_does_not_matter():
    notes, bar = tune((-2, 2, 1))
    notes[-1, 1] = 20  # quarter beats: one pitch is the most frequent
    distances = musicality.measure_distances([(notes + np.array([0, 0, 5]), bar)], [(notes, bar)])
    assert max(distances.values()) == 0


@pytest.mark.slow
def test_the_judges_songs_share_no_tune_with_the_corpus_nor_with_real_ones():
    settings = params.load()
    corpus_songs = folk.choose_recipes(corpus.load("folk"), settings.folk.songs, settings.folk.seed)
    training, real = judge.choose_songs(settings)
    assert len(real) == judge.REAL_SONGS
    assert len(training) > 100
    tunes = [
        {
            name
            for recipe in recipes
            for tune in recipe.tunes
            for name in folk.melody_identities(tune)
        }
        for recipes in (corpus_songs, training, real)
    ]
    assert not tunes[0] & tunes[1]
    assert not tunes[0] & tunes[2]
    assert not tunes[1] & tunes[2]
