"""What decides a training: the balance of regions, the length of songs, the validation rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from musicregion.config import params
from musicregion.dataset.balance import class_weights
from musicregion.dataset.dataset import Dataset
from musicregion.models import fit, keras_model, sklearn_fit

SETTINGS = params.load()
LABELS = np.repeat([0, 1], [32, 8])


@pytest.fixture(scope="module")
def data():
    """Segments of an unequal number of songs in two regions that overlap; a fifth validate."""
    rng = np.random.default_rng(0)
    features = rng.normal(LABELS[:, None, None] * 0.7, 1, (40, 20, 3)).astype("float32")
    songs = np.array([f"s{number:02}" for number in range(40)])
    parts = np.array(["train", "train", "train", "train", "validation"])[np.arange(40) % 5]
    return Dataset({"mfcc": features}, LABELS, songs, songs, parts, ["A", "B"])


def with_train(model, **changes):
    small = {"epochs": 1, "patience": 9, "batch": 8, **changes}
    train = SETTINGS.train.model_copy(update=small)
    return SETTINGS.model_copy(update={"model": model, "train": train})


def train(data, settings):
    rows = data.rows("train"), data.rows("validation")
    return fit.fit_model(data, *rows, settings, lambda epoch, metrics: None)


def cross_entropy(data, model, rows):
    probabilities = model.predict_segments(data, rows)
    return -np.log(probabilities[np.arange(len(rows)), data.labels[rows]]).mean()


@pytest.mark.parametrize("balance", ["weights", "oversample", "none"])
def test_a_network_is_trained_with_the_balance_that_was_chosen(data, monkeypatch, balance):
    import keras

    calls = []

    def record(self, batches, **options):
        labels = np.concatenate([labels for _, labels in batches.as_numpy_iterator()])
        calls.append(SimpleNamespace(labels=labels, **options))
        return original(self, batches, **options)

    original = keras.Model.fit
    monkeypatch.setattr(keras.Model, "fit", record)
    train(data, with_train("dense_deep", balance=balance))
    (call,) = calls
    labels = data.labels[data.rows("train")]
    count = np.bincount(labels)
    assert count[0] > 3 * count[1]
    assert call.class_weight == (class_weights(labels) if balance == "weights" else None)
    expected = [count[0], count[0]] if balance == "oversample" else count.tolist()
    assert np.bincount(call.labels).tolist() == expected


@pytest.mark.parametrize("balance", ["weights", "oversample", "none"])
def test_an_estimator_is_trained_with_balanced_weights_unless_none_are_chosen(
    data, monkeypatch, balance
):
    weights = {}
    original = sklearn_fit.song_weights

    def record(labels, songs, balanced):
        weights[balanced] = original(labels, songs, balanced)
        return weights[balanced]

    monkeypatch.setattr(sklearn_fit, "song_weights", record)
    train(data, with_train("svm", balance=balance))
    labels = data.labels[data.rows("train")]
    (weight,) = weights.values()
    sums = np.bincount(labels, weights=weight)
    if balance == "none":
        assert sums.tolist() == np.bincount(labels).tolist()
    else:
        assert sums[0] == pytest.approx(sums[1])


@pytest.mark.parametrize("balanced", [False, True])
def test_a_long_song_counts_as_much_as_a_short_one(balanced):
    songs = np.repeat(["long", "short", "other"], [6, 2, 1])
    labels = np.repeat([0, 0, 1], [6, 2, 1])
    weight = sklearn_fit.song_weights(labels, songs, balanced)
    sums = [weight[songs == name].sum() for name in ("long", "short", "other")]
    assert sums[0] == pytest.approx(sums[1])
    assert sums[2] == pytest.approx(sums[0] * (2 if balanced else 1))
    assert weight.mean() == pytest.approx(1)


@pytest.mark.parametrize("model", ["dense_deep", "logistic"])
def test_the_history_of_validation_is_of_the_validation_rows(data, model):
    trained, history = train(data, with_train(model, epochs=1))
    name = "val_crossentropy" if model == "dense_deep" else "val_loss"
    rows = data.rows("validation")
    assert history[name].iloc[0] == pytest.approx(cross_entropy(data, trained, rows), rel=1e-3)


def test_a_network_has_the_weights_of_its_best_epoch(data):
    settings = with_train("dense_deep", epochs=12, learning_rate=0.03)
    trained, history = train(data, settings)
    best = fit.best_epoch(history)
    assert best < len(history)  # or else the test shows nothing
    value = history.loc[history["epoch"] == best, "val_crossentropy"].item()
    assert cross_entropy(data, trained, data.rows("validation")) == pytest.approx(value, rel=1e-3)


def test_the_best_epoch_is_the_best_on_validation():
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3, 2, 1], "val_loss": [2.0, 1.0, 3.0]})
    assert fit.best_epoch(history) == 2


def test_the_refit_runs_the_epochs_that_were_best(data, monkeypatch):
    calls = []

    def record(*arguments):
        calls.append(arguments)
        return None, None

    monkeypatch.setattr(keras_model, "fit_keras", record)
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3, 2, 1], "val_loss": [2.0, 1.0, 3.0]})
    rows, settings = data.rows("train", "validation"), with_train("dense_deep", epochs=9)
    fit.refit_model(data, rows, history, settings, lambda epoch, metrics: None)
    ((_, fitted, validation, _, _, epochs),) = calls
    assert (fitted.tolist(), validation, epochs) == (rows.tolist(), None, 2)
