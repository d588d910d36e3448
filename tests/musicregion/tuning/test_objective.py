from dataclasses import replace

import numpy as np
import pytest

from musicregion.config import params
from musicregion.dataset import loading
from musicregion.dataset.dataset import Dataset
from musicregion.tuning import objective, trial

SETTINGS = params.load().model_copy(update={"model": "svm"})


def make_data(seed=0):
    """Two regions of 15 songs, two segments each, that differ in loudness; a fifth are for test."""
    random = np.random.default_rng(seed)
    songs = np.repeat([f"s{number:02}" for number in range(30)], 2)
    labels = np.repeat([0, 1] * 15, 2)
    parts = np.repeat(
        [["train", "train", "train", "validation", "test"][n // 2 % 5] for n in range(30)], 2
    )
    features = random.normal(labels[:, None, None], 1, (60, 20, 3)).astype("float32")
    return Dataset({"mfcc": features}, labels, songs, songs, parts, ["A", "B"])


class Unreadable:
    """Features of which some rows cannot be read."""

    def __init__(self, values, rows):
        self.values, self.rows = values, set(rows.tolist())
        self.shape, self.dtype = values.shape, values.dtype

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        if self.rows & set(np.arange(len(self.values))[rows].ravel().tolist()):
            raise AssertionError("a test row was read")
        return self.values[rows]


def nothing(*_):
    pass


def test_confident_correct_predictions_score_higher():
    actual = np.array([0, 0, 1, 1])
    sure = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.6, 0.4]])
    wrong = sure[:, ::-1]
    for kind in ("likelihood", "macro_f1"):
        assert objective.score_predictions(sure, actual, kind) > objective.score_predictions(
            wrong, actual, kind
        )
    guess = np.full((4, 2), 0.5)
    assert objective.score_predictions(guess, actual, "likelihood") == pytest.approx(np.log(0.5))


@pytest.mark.parametrize("folds", [0, 3])
def test_the_test_part_is_not_read(folds, monkeypatch):
    data = make_data()
    guarded = replace(data, features={"mfcc": Unreadable(data.array, data.rows("test"))})
    with pytest.raises(AssertionError, match="a test row"):
        guarded.array[data.rows("test")[:1]]
    monkeypatch.setattr(loading, "load_dataset", lambda kinds: guarded)
    trial.load_songs.cache_clear()
    songs = trial.load_songs(("mfcc",), "digest")
    trial.load_songs.cache_clear()
    assert set(songs.songs) == set(data.songs[data.rows("train", "validation")])
    value = objective.evaluate_params(
        songs, SETTINGS.with_changes({"tune.folds": folds}), nothing, nothing
    )
    assert np.log(0.5) < value < 0


def test_inner_folds_hold_out_every_song_once_and_keep_it_whole():
    data = make_data().only("train", "validation")
    settings = SETTINGS.with_changes({"tune.folds": 3})
    rows = []
    for train, held_out in objective.divide_rows(data, settings):
        assert not set(data.songs[train]) & set(data.songs[held_out])
        assert len(train) + len(held_out) == len(data.songs)
        rows.extend(held_out)
    assert sorted(rows) == list(range(len(data.songs)))


def test_a_network_reports_every_epoch_and_folds_report_their_mean():
    data = make_data().only("train", "validation")
    settings = SETTINGS.model_copy(update={"model": "dense"}).with_changes({"train.epochs": 2})
    reports = []
    objective.evaluate_params(data, settings, lambda value, step: reports.append(step), nothing)
    assert reports == [1, 2]
    reports.clear()
    settings = settings.with_changes({"tune.folds": 3, "train.epochs": 1})
    value = objective.evaluate_params(
        data, settings, lambda *report: reports.append(report), nothing
    )
    assert [step for _, step in reports] == [1, 2, 3]
    assert reports[-1][0] == pytest.approx(value)
