import warnings

import numpy as np
import pytest
import sklearn.metrics

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.models.sklearn_model import fit_sklearn, log_loss, song_weights


def noise(time, channels):
    """24 songs a region, 18 of them to train on; 2 regions that cannot be told apart."""
    labels = np.repeat([0, 1], 48)
    songs = np.array([f"{row // 2:02}" for row in range(96)])
    parts = np.tile(np.repeat(["train", "validation"], [36, 12]), 2)
    features = np.random.default_rng(0).normal(size=(96, time, channels)).astype("float32")
    return Dataset(features, labels, songs, songs, parts, ["A", "B"])


def fit(data, model, **changes):
    settings = params.load().with_changes({f"train.{key}": to for key, to in changes.items()})
    settings = settings.model_copy(update={"model": model})
    rows = data.rows("train"), data.rows("validation")
    return fit_sklearn(data, *rows, settings, lambda epoch, metrics: None)


@pytest.mark.parametrize("model", ["logistic", "committee"])
def test_float32_probabilities_raise_no_warning(model):
    data = noise(3, 200)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained, history = fit(data, model)
    probabilities = trained.predict_segments(data, data.rows("train"))
    assert abs(probabilities.sum(axis=1) - 1).max() > 1e-8  # scikit-learn would warn
    assert np.isfinite(history[["loss", "val_loss"]]).all(axis=None)


def test_log_loss_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([1, 1, 1], 1000)
    probabilities[:2] = [[1, 0, 0], [0, 1, 0]]  # certain, once correctly and once not
    labels = np.r_[0, 0, random.integers(3, size=998)]
    assert log_loss(probabilities, labels) == sklearn.metrics.log_loss(labels, probabilities)


def test_songs_weigh_the_same_and_regions_too_if_balanced():
    labels = np.array([0, 0, 0, 0, 1])
    songs = np.array(["a", "a", "a", "b", "c"])
    assert song_weights(labels, songs, False) == pytest.approx(np.array([1, 1, 1, 3, 3]) * 5 / 9)
    balanced = song_weights(labels, songs, True)
    assert balanced[:4].sum() == pytest.approx(balanced[4])
    assert balanced[:3].sum() == pytest.approx(balanced[3])
    assert balanced.mean() == pytest.approx(1)


SHARES = [("oversample", 0.5), ("weights", 0.5), ("none", 0.1)]


@pytest.mark.parametrize(("balance", "share"), SHARES)
def test_balancing_predicts_a_rare_region_as_often_as_the_others(balance, share):
    data = noise(3, 1)
    rare = np.flatnonzero((data.parts == "train") & (data.labels == 1))
    parts = data.parts.astype("U10")
    parts[rare[4:]] = "left out"  # 2 songs stay, beside 18 of the other region
    data = data.relabelled(data.labels, parts, data.regions)
    trained, _ = fit(data, "logistic", balance=balance)
    probabilities = trained.predict_songs(data, data.rows("validation"))[1][:, 1]
    assert probabilities.mean() == pytest.approx(share, abs=0.05)
