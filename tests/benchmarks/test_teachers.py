"""Teachers say nothing of songs that are not for training, and have learned from none of them."""

from dataclasses import replace

import numpy as np

from benchmarks import teachers
from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.models import fit

SONGS, SEGMENTS = 24, 2
TRAIN = np.arange(SONGS * SEGMENTS - 8)


def activations():
    """Two regions of songs, one louder than the other."""
    names = np.repeat([f"s{number:02}" for number in range(SONGS)], SEGMENTS)
    labels = np.repeat(np.arange(SONGS) % 2, SEGMENTS)
    values = np.random.default_rng(0).normal(labels[:, None, None], 0.3, (len(names), 3, 20))
    return Dataset({"musicnn": values}, labels, names, names, names, ["A", "B"])


def test_the_committee_has_not_trained_on_the_songs_that_it_predicts(monkeypatch):
    data, trained = activations(), []
    fit_model = fit.fit_model

    def remember(data, rows, *others):
        trained.append(set(data.songs[rows]))
        return fit_model(data, rows, *others)

    monkeypatch.setattr(fit, "fit_model", remember)
    probabilities = teachers.predict_out_of_fold(data, TRAIN, params.load())
    songs = set(data.songs[TRAIN])
    assert set(probabilities) == songs
    assert set.union(*trained) == songs
    assert all(sum(song not in part for part in trained) == 1 for song in songs)
    right = [
        probabilities[song].argmax() == number % 2 for number, song in enumerate(sorted(songs))
    ]
    assert np.mean(right) > 0.9


def test_activations_of_other_songs_change_nothing():
    data = activations()
    targets = teachers.main_activations(data.array, TRAIN)
    others = np.delete(np.arange(len(data)), TRAIN)
    assert not targets[others].any()
    np.testing.assert_allclose(targets[TRAIN].mean(axis=(0, 1)), 0, atol=1e-5)
    np.testing.assert_allclose(targets[TRAIN].std(axis=(0, 1)), 1, atol=0.01)
    louder = data.array.copy()
    louder[others] *= 10
    changed = replace(data, features={"musicnn": louder})
    np.testing.assert_array_equal(teachers.main_activations(changed.array, TRAIN), targets)
