import warnings
from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics
import skops.io

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError
from musicregion.models import onnx_files
from musicregion.models.onnx_model import OnnxModel
from musicregion.models.sklearn_fit import fit_sklearn, log_loss, song_weights


def noise(time, channels):
    """24 songs a region, 18 of them to train on; 2 regions that cannot be told apart."""
    labels = np.repeat([0, 1], 48)
    songs = np.array([f"{row // 2:02}" for row in range(96)])
    parts = np.tile(np.repeat(["train", "validation"], [36, 12]), 2)
    features = np.random.default_rng(0).normal(size=(96, time, channels)).astype("float32")
    return Dataset({"mfcc": features}, labels, songs, songs, parts, ["A", "B"])


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


@pytest.mark.parametrize("model", ["svm", "committee"])
def test_several_kinds_of_features_are_better_than_either(model):
    """Each kind tells half of the songs apart, and nothing about the others."""
    data = noise(3, 4)
    first, second = (data.array.copy() for _ in range(2))
    half = data.songs.astype(int) % 2 == 0
    first[half] += 3 * data.labels[half, None, None]
    second[~half] += 3 * data.labels[~half, None, None]
    accuracy = {}
    for kinds in ({"mfcc": first}, {"musicnn": second}, {"mfcc": first, "musicnn": second}):
        both = replace(data, features=kinds)
        trained, _ = fit(both, model)
        rows = data.rows("validation")
        names, probabilities = trained.predict_songs(both, rows)
        actual = [data.labels[data.songs == name][0] for name in names]
        accuracy["+".join(kinds)] = (probabilities.argmax(axis=1) == actual).mean()
        segments = trained.predict_segments(both, rows)
        assert segments.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert accuracy["mfcc+musicnn"] > max(accuracy["mfcc"], accuracy["musicnn"])


def test_a_network_refuses_several_kinds():
    data = noise(3, 4)
    both = replace(data, features={"mfcc": data.array, "musicnn": data.array})
    with pytest.raises(InputError, match=r"one kind of features, not mfcc\+musicnn"):
        assert len(both.array)


def test_the_committee_learns_rare_patterns_of_tonal_and_can_be_exported(tmp_path):
    """Each segment has a fifth of its region's channels, and a tenth of all."""
    data = noise(1, 400)
    random = np.random.default_rng(1)
    counts = np.zeros_like(data.array)
    for row, label in enumerate(data.labels):
        counts[row, 0, 200 * label + random.choice(200, 40, replace=False)] = 1
        counts[row, 0, random.choice(400, 40, replace=False)] = 1
    data = replace(data, features={"tonal": counts})
    trained, _ = fit(data, "committee")
    rows = data.rows("validation")
    names, probabilities = trained.predict_songs(data, rows)
    actual = [data.labels[data.songs == name][0] for name in names]
    assert (probabilities.argmax(axis=1) == actual).mean() > 0.9
    trained.save(tmp_path / "first")
    fit(data, "committee")[0].save(tmp_path / "second")
    first, second = (tmp_path / name / "model.skops" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
    untrusted = skops.io.get_untrusted_types(file=first)
    assert untrusted == ["sklearn.tree._tree.Tree", "sklearn.utils._bunch.Bunch"]
    trained.export(tmp_path)
    for unit in ("song", "segment"):
        graph = OnnxModel(onnx_files.member_file(tmp_path, "tonal", unit), 1)
        statistics = {
            "song": np.stack([data.song_statistics("tonal")[name] for name in names]),
            "segment": data.segment_means("tonal")[rows],
        }[unit]
        expected = trained.members["tonal"][unit].predict_proba(statistics)
        assert graph.predict_proba(statistics) == pytest.approx(expected, abs=1e-4)
