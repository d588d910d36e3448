"""Every model on two regions that are easy to tell apart: low tones and high ones."""

import io
import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import soundfile

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError, TrainingError
from musicregion.features.spectral import mfcc, mfcc_front_end
from musicregion.inference import predictor
from musicregion.models import fit, keras_model, onnx_files, registry, training_songs
from tests.conftest import RATE, tone

SETTINGS = params.load()
SECONDS = 2
FRONT_END = mfcc_front_end(RATE, SECONDS * RATE, SETTINGS.mfcc)


def features(wave):
    return mfcc(wave, FRONT_END, SETTINGS.mfcc)


def pitch(region, number):
    return (220 if region == 0 else 1500) * (1 + 0.02 * number)


@pytest.fixture(scope="module")
def data():
    """12 songs of 2 segments a region: 8 to train, 2 to validate, 2 to test."""
    rows = [(region, number, half) for region in (0, 1) for number in range(12) for half in (0, 1)]
    parts = ["train"] * 8 + ["validation"] * 2 + ["test"] * 2
    return Dataset(
        features={"mfcc": np.stack([features(tone(SECONDS, pitch(r, n) + h)) for r, n, h in rows])},
        labels=np.array([region for region, _, _ in rows]),
        songs=np.array([f"{region}-{number}" for region, number, _ in rows]),
        groups=np.array([f"{region}-{number}" for region, number, _ in rows]),
        parts=np.array([parts[number] for _, number, _ in rows]),
        regions=["Low", "High"],
    )


def ignore(epoch, metrics):
    pass


def learn(data, settings, on_epoch=ignore):
    return fit.fit_model(data, data.rows("train"), data.rows("validation"), settings, on_epoch)


def predict(data, model, features):
    """The predicted region of each segment, from features [segment, time, coefficient]."""
    count = len(features)
    names = np.array([f"new {number:03}" for number in range(count)])
    segments = replace(data, features={"mfcc": features}, songs=names, groups=names)
    return model.predict_segments(segments, np.arange(count)).argmax(axis=1)


def chosen(model, **changes):
    small = {"epochs": 20, "patience": 20, "batch": 8, **changes}
    return SETTINGS.model_copy(
        update={"model": model, "train": SETTINGS.train.model_copy(update=small)}
    )


@pytest.fixture(scope="module", params=get_args(params.Params.model_fields["model"].annotation))
def every(data, request):
    """Each of the models: its name, the model, its history, and the epochs it reported."""
    seen = []
    settings = chosen(request.param)
    return request.param, *learn(data, settings, lambda epoch, logs: seen.append(epoch)), seen


def test_every_model_learns_what_is_easy(data, every):
    model, trained, history, seen = every
    rows = data.rows("test")
    probabilities = trained.predict_segments(data, rows)
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (probabilities.argmax(axis=1) == data.labels[rows]).all()
    songs, probabilities = trained.predict_songs(data, rows)
    assert songs.tolist() == ["0-10", "0-11", "1-10", "1-11"]
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert probabilities.argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert seen == list(range(1, len(history) + 1))
    names = ["accuracy", "loss"]
    if registry.has_epochs(model):
        names.insert(1, "crossentropy")
    assert list(history) == ["epoch", *names, *(f"val_{name}" for name in names)]


def test_every_model_predicts_the_same_in_onnx_runtime(data, every, tmp_path):
    _, trained, _, _ = every
    trained.export(tmp_path)
    FRONT_END.save(tmp_path / "mfcc.npz")
    songs = training_songs.fit_training_songs(data, data.rows("train"), {})
    songs.save(tmp_path / "training_songs.npz")
    (tmp_path / "card.json").write_text(
        json.dumps({"regions": data.regions, "params": {"features": "mfcc"}})
    )
    exported = predictor.load_predictor(tmp_path).classifier
    rows = np.arange(len(data.labels))
    random = np.random.default_rng(0)
    noisy = data.array + random.normal(0, 20, data.array.shape)  # uncertain predictions
    for songs in (data, replace(data, features={"mfcc": noisy.astype("float32")})):
        assert exported.predict_segments(songs, rows) == pytest.approx(
            trained.predict_segments(songs, rows), abs=1e-4
        )
        names, probabilities = exported.predict_songs(songs, rows)
        expected_names, expected = trained.predict_songs(songs, rows)
        assert names.tolist() == expected_names.tolist()
        assert probabilities == pytest.approx(expected, abs=1e-4)


def test_a_silent_channel_does_not_count(data):
    """Its rounding errors differ between machines."""
    random = np.random.default_rng(0)
    rows = data.rows("test")

    def with_noise():
        errors = 1e-9 * random.normal(size=(*data.array.shape[:2], 5))
        return replace(data, features={"mfcc": np.concatenate([data.array, errors], axis=2)})

    for model in ("svm", "logistic", "committee"):
        trained, _ = learn(with_noise(), chosen(model))
        first, second = (trained.predict_songs(with_noise(), rows)[1] for _ in range(2))
        assert first == pytest.approx(second, abs=1e-6)


def test_louder_shifted_and_re_encoded_is_the_same_region(data):
    trained, _ = learn(data, chosen("cnn"))
    for region in (0, 1):
        wave = tone(SECONDS + 1, pitch(region, 5))
        mp3 = io.BytesIO()
        soundfile.write(mp3, wave, RATE, format="MP3")
        mp3.seek(0)
        length = SECONDS * RATE
        variants = {
            "as it was": wave,
            "louder": wave * 2,
            "quieter": wave * 0.3,
            "shifted": wave[RATE // 3 :],
            "as MP3": soundfile.read(mp3, dtype="float32")[0],
        }
        rows = np.stack([features(variant[:length]) for variant in variants.values()])
        regions = predict(data, trained, rows)
        assert dict(zip(variants, regions, strict=True)) == dict.fromkeys(variants, region)


@pytest.mark.slow
def test_the_same_seed_is_the_same_file(data, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        trained, _ = learn(data, chosen("cnn", epochs=2, seed=seed))
        trained.save(tmp_path / name)
    a, b, c = ((tmp_path / name / "model.keras").read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["model.keras"]


@pytest.mark.parametrize("model", ["svm", "logistic", "committee"])
def test_a_saved_estimator_is_the_same_file_and_predicts_as_before(data, tmp_path, model):
    import skops.io

    for name in "ab":
        trained, _ = learn(data, chosen(model))
        trained.save(tmp_path / name)
    first, second = ((tmp_path / name / "model.skops").read_bytes() for name in "ab")
    assert first == second
    loaded = skops.io.load(tmp_path / "a/model.skops")
    assert loaded.keys() == trained.members.keys()
    statistics = data.segment_statistics("mfcc")
    for name, estimator in trained.members["mfcc"].items():
        margins = estimator.decision_function(statistics)
        assert loaded["mfcc"][name].decision_function(statistics) == pytest.approx(
            margins, rel=1e-4, abs=1e-6
        )


def test_the_same_model_is_the_same_export(data, tmp_path):
    for model in ("temporal", "committee"):
        trained, _ = learn(data, chosen(model, epochs=1))
        for name in "ab":
            trained.export(tmp_path / model / name)
        first, second = (
            {path.name: path.read_bytes() for path in (tmp_path / model / name).iterdir()}
            for name in "ab"
        )
        assert first == second
        assert len(first) == (2 if model == "committee" else 1)


def test_an_export_does_not_depend_on_the_order_of_a_set():
    """It differs between processes: skl2onnx lists the operator sets it uses from a set."""
    import onnx

    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    values = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", 3])
        for name in ("x", "y")
    ]
    written = []
    for domains in (("", "ai.onnx.ml"), ("ai.onnx.ml", "")):
        graph = onnx.helper.make_graph([node], "g", values[:1], values[1:])
        opsets = [onnx.helper.make_opsetid(domain, 1) for domain in domains]
        model = onnx.helper.make_model(graph, opset_imports=opsets)
        onnx_files.canonicalise(model)
        written.append(model.SerializeToString(deterministic=True))
    assert written[0] == written[1]


def test_a_saved_network_predicts_as_before_and_normalises_its_input(data, tmp_path):
    import keras

    trained, _ = learn(data, chosen("cnn", epochs=2))
    trained.save(tmp_path)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(
        loaded.predict(data.array, verbose=0), trained.model.predict(data.array, verbose=0)
    )
    mean, _ = keras_model.channel_mean_and_variance(data.array[data.rows("train")])
    assert loaded.layers[0].mean.numpy().ravel() == pytest.approx(mean, rel=1e-5)


def test_test_songs_have_no_part_in_training(data):
    spoiled = data.array.copy()
    spoiled[data.rows("test")] = np.nan
    changed = replace(data, features={"mfcc": spoiled})
    for model in ("dense_deep", "svm"):
        settings = chosen(model, epochs=2)
        assert learn(data, settings)[1].equals(learn(changed, settings)[1])


def test_a_loss_that_is_not_a_number_stops_with_advice(data):
    spoiled = data.array.copy()
    spoiled[data.rows("train")[0]] = np.nan
    broken = replace(data, features={"mfcc": spoiled})
    with pytest.raises(TrainingError, match="learning_rate"):
        learn(broken, chosen("dense_deep"))
    with pytest.raises(InputError, match="not a finite number"):
        learn(broken, chosen("svm"))


def test_features_that_are_equal_in_all_songs_stop_with_advice(data):
    silent = replace(data, features={"mfcc": np.zeros_like(data.array)})
    with pytest.raises(InputError, match=r"mfcc features of all songs are equal.*other features"):
        learn(silent, chosen("svm"))


@pytest.fixture(scope="module")
def misleading(data):
    """Validation songs with the wrong labels: the first epoch is the best."""
    labels = data.labels.copy()
    rows = data.rows("validation")
    labels[rows] = 1 - labels[rows]
    settings = chosen("dense_deep", epochs=4)
    spoiled = data.relabelled(labels, data.parts, data.regions)
    return spoiled, *learn(spoiled, settings), settings


def test_the_weights_of_the_best_epoch_are_kept(misleading):
    data, trained, history, _ = misleading
    assert fit.best_epoch(history) == 1 < len(history)
    rows = data.rows("validation")
    probabilities = trained.predict_segments(data, rows)[np.arange(len(rows)), data.labels[rows]]
    losses = history["val_crossentropy"]
    assert -np.log(probabilities).mean() == pytest.approx(losses[0], rel=1e-3)
    assert losses[0] < 0.9 * losses[1:].min()


def test_the_best_epoch_has_the_lowest_validation_loss():
    history = pd.DataFrame({"epoch": [1, 2, 3, 4], "val_loss": [0.9, 0.4, 0.4, 0.5]})
    assert fit.best_epoch(history) == 2


def test_a_refit_has_as_many_epochs_as_were_best_in_the_first_training(misleading):
    data, _, history, settings = misleading
    longer = pd.DataFrame({"epoch": [1, 2, 3, 4], "val_loss": [0.9, 0.5, 0.4, 0.5]})
    for first, expected in ((history, [1]), (longer, [1, 2, 3])):
        seen = []
        rows = data.rows("train", "validation")
        fit.refit_model(
            data, rows, first, settings, lambda epoch, logs, seen=seen: seen.append(epoch)
        )
        assert seen == expected


@pytest.mark.parametrize("model", ["dense_deep", "committee"])
def test_a_refit_learns_from_validation_songs_too(data, model):
    """All high songs that can be learned from are in the validation part."""
    parts = np.where((data.parts == "train") & (data.labels == 1), "validation", data.parts)
    data = data.relabelled(data.labels, parts, data.regions)
    settings = chosen(model, balance="none")
    history = pd.DataFrame({"epoch": [20], "val_loss": [0.5]})
    rows = data.rows("train", "validation")
    trained = fit.refit_model(data, rows, history, settings, ignore)
    test = data.rows("test")
    assert (trained.predict_segments(data, test).argmax(axis=1) == data.labels[test]).all()


SHARES = [("oversample", 0.5), ("weights", 0.5), ("none", 0.125)]


@pytest.mark.parametrize(("balance", "share"), SHARES)
def test_balancing_predicts_a_rare_region_as_often_as_the_others(data, balance, share):
    """From features that say nothing, a network learns how often it sees each region."""
    parts = data.parts.astype("U10")
    rare = np.flatnonzero((data.parts == "train") & (data.labels == 1))
    parts[rare[2:]] = "left out"  # 2 segments stay, beside 16 of the other region
    blank = replace(data, features={"mfcc": np.zeros_like(data.array)}, parts=parts)
    small = {"dense_deep": SETTINGS.dense_deep.model_copy(update={"units": [8]})}
    settings = chosen("dense_deep", balance=balance, learning_rate=0.01).model_copy(update=small)
    # no validation part, whose regions are equal: it would choose an early epoch
    trained, history = fit.fit_model(blank, blank.rows("train"), None, settings, ignore, epochs=60)
    assert np.isfinite(history["loss"]).all()
    assert trained.predict_segments(blank, [0])[0, 1] == pytest.approx(share, abs=0.08)


def test_a_layer_too_large_for_memory_is_refused_in_a_sentence(data):
    large = replace(data, features={"mfcc": np.zeros((len(data.labels), 431, 64), "float32")})
    with pytest.raises(TrainingError, match="380 million weights") as stopped:
        learn(large, chosen("dense"))
    assert "mfcc" in str(stopped.value)
