"""Which rows decide what, with classifiers that do not learn."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import holdout
from musicregion.models import calibration
from musicregion.models.opinion_pool import combine_segments

SETTINGS = params.load()
HISTORY = pd.DataFrame({"epoch": [1], "val_loss": [1.0]})


@dataclass(frozen=True)
class RandomClassifier:
    """Predicts random probabilities, which depend on the seed and the row alone."""

    seed: int

    def predict_segments(self, data, rows):
        rng = np.random.default_rng(self.seed)
        return rng.dirichlet([1] * len(data.regions), len(data.songs))[rows]

    def predict_songs(self, data, rows):
        return combine_segments(self.predict_segments(data, rows), data.songs[rows])


@pytest.fixture
def data():
    """30 songs of 3 segments in 3 regions; two songs in a group, two fifths held out."""
    songs = np.repeat([f"s{number:02}" for number in range(30)], 3)
    number = np.repeat(np.arange(30), 3)
    return Dataset(
        features={"mfcc": np.zeros((90, 2, 1), "float32")},
        labels=number // 2 % 3,
        songs=songs,
        groups=np.array([f"g{n // 2:02}" for n in number]),
        parts=np.array(["train", "train", "train", "validation", "test"])[number // 2 % 5],
        regions=["A", "B", "C"],
    )


@pytest.fixture
def trainings(monkeypatch):
    """Each call of fit_model and refit_model: its rows."""
    calls = []

    def fit_model(data, train, validation, settings, on_epoch):
        calls.append((train, validation))
        return RandomClassifier(1), HISTORY

    def refit_model(data, rows, history, settings, on_epoch):
        calls.append((rows, history))
        return RandomClassifier(2)

    monkeypatch.setattr(holdout.fit, "fit_model", fit_model)
    monkeypatch.setattr(holdout.fit, "refit_model", refit_model)
    return calls


@pytest.fixture
def result(data, trainings):
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    return holdout.evaluate_holdout(data, *rows, SETTINGS, lambda epoch, metrics: None)


def test_validation_stops_the_training_and_the_refit_has_both_parts(data, result, trainings):
    (train, validation), (both, history) = trainings
    assert train.tolist() == data.rows("train").tolist()
    assert validation.tolist() == data.rows("validation").tolist()
    assert both.tolist() == data.rows("train", "validation").tolist()
    assert history is HISTORY


def test_validation_is_predicted_before_the_refit_and_test_after_it(data, result):
    for predictions, part, seed in ((result.validation, "validation", 1), (result.test, "test", 2)):
        rows = data.rows(part)
        segments = RandomClassifier(seed).predict_segments(data, rows)
        assert predictions["segment"].probabilities.tolist() == segments.tolist()
        assert predictions["segment"].songs.tolist() == data.songs[rows].tolist()
        assert predictions["song"].songs.tolist() == sorted(set(data.songs[rows]))
    assert result.model == RandomClassifier(2)


def test_songs_keep_their_regions_and_groups(data, result):
    song = result.test["song"]
    first = [np.flatnonzero(data.songs == name)[0] for name in song.songs]
    assert song.actual.tolist() == data.labels[first].tolist()
    assert song.groups.tolist() == data.groups[first].tolist()


def test_the_temperature_comes_from_validation_alone(result):
    for unit in ("song", "segment"):
        validation = result.validation[unit]
        assert result.temperature[unit] == calibration.fit_temperature(
            validation.probabilities, validation.actual
        )


@pytest.mark.parametrize("part", ["validation", "test"])
@pytest.mark.parametrize("unit", ["song", "segment"])
def test_each_unit_is_calibrated_with_its_own_temperature(result, part, unit):
    assert result.temperature["song"] != result.temperature["segment"]
    raw = getattr(result, part)[unit].probabilities
    expected = calibration.apply_temperature(raw, result.temperature[unit])
    assert result.calibrated(part, unit).tolist() == expected.tolist()
