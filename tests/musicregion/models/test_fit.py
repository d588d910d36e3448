"""The models on a world of two regions, low tones and high ones: they learn it, and it holds."""

import io
import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import soundfile

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError, TrainingError
from musicregion.features.spectral import mfcc
from musicregion.inference import predictor
from musicregion.models import fit, keras_model, onnx_files, registry
from tests.conftest import RATE, tone

SETTINGS = params.load()
SECONDS = 2


def features(wave):
    return mfcc(wave, RATE, SETTINGS.mfcc)


def pitch(region, number):
    return (220 if region == 0 else 1500) * (1 + 0.02 * number)


@pytest.fixture(scope="module")
def data():
    """12 songs of 2 segments a region: 8 to train, 2 to validate, 2 to test."""
    rows = [(region, number, half) for region in (0, 1) for number in range(12) for half in (0, 1)]
    parts = ["train"] * 8 + ["validation"] * 2 + ["test"] * 2
    return Dataset(
        features=np.stack([features(tone(SECONDS, pitch(r, n) + h)) for r, n, h in rows]),
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


def ask(data, model, features):
    """The region of each of some features [segment, time, coefficient]."""
    count = len(features)
    names = np.array([f"new {number:03}" for number in range(count)])
    these = replace(data, features=features, songs=names, groups=names)
    return model.predict_segments(these, np.arange(count)).argmax(axis=1)


def chosen(model, **changes):
    small = {"epochs": 20, "patience": 20, "batch": 8, **changes}
    return SETTINGS.model_copy(
        update={"model": model, "train": SETTINGS.train.model_copy(update=small)}
    )


@pytest.fixture(scope="module", params=get_args(params.Params.model_fields["model"].annotation))
def every(data, request):
    """Each of the models: its name, the model, its history, and the epochs that it told of."""
    seen = []
    settings = chosen(request.param)
    return request.param, *learn(data, settings, lambda epoch, logs: seen.append(epoch)), seen


def test_every_model_learns_what_is_easy(data, every):
    model, trained, history, seen = every
    rows = data.rows("test")
    answer = trained.predict_segments(data, rows)
    assert answer.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (answer.argmax(axis=1) == data.labels[rows]).all()
    songs, answer = trained.predict_songs(data, rows)
    assert songs.tolist() == ["0-10", "0-11", "1-10", "1-11"]
    assert answer.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert answer.argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert seen == list(range(1, len(history) + 1))
    both = (
        ["accuracy", "crossentropy", "loss"] if registry.has_epochs(model) else ["accuracy", "loss"]
    )
    assert list(history) == ["epoch", *both, *(f"val_{name}" for name in both)]


def test_every_model_answers_the_same_by_onnx_runtime(data, every, tmp_path):
    _, trained, _, _ = every
    trained.export(tmp_path)
    (tmp_path / "card.json").write_text(json.dumps({"regions": data.regions}))
    light = predictor.load_predictor(tmp_path).classifier
    rows = np.arange(len(data.labels))
    random = np.random.default_rng(0)
    unlike = data.features + random.normal(0, 20, data.features.shape)  # answers that are not sure
    for songs in (data, replace(data, features=unlike.astype("float32"))):
        assert light.predict_segments(songs, rows) == pytest.approx(
            trained.predict_segments(songs, rows), abs=1e-4
        )
        names, answers = light.predict_songs(songs, rows)
        expected, sums = trained.predict_songs(songs, rows)
        assert names.tolist() == expected.tolist()
        assert answers == pytest.approx(sums, abs=1e-4)


def test_a_channel_that_is_never_heard_has_no_say(data):
    """On another machine its rounding errors are others."""
    random = np.random.default_rng(0)
    rows = data.rows("test")

    def with_noise():
        errors = 1e-9 * random.normal(size=(*data.features.shape[:2], 5))
        return replace(data, features=np.concatenate([data.features, errors], axis=2))

    for model in ("svm", "logistic", "committee"):
        trained, _ = learn(with_noise(), chosen(model))
        one, other = (trained.predict_songs(with_noise(), rows)[1] for _ in range(2))
        assert one == pytest.approx(other, abs=1e-6)


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
        answers = ask(data, trained, rows)
        assert dict(zip(variants, answers, strict=True)) == dict.fromkeys(variants, region)


def test_the_same_seed_is_the_same_file(data, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        trained, _ = learn(data, chosen("cnn", epochs=2, seed=seed))
        trained.save(tmp_path / name)
    a, b, c = ((tmp_path / name / "model.keras").read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["model.keras"]


@pytest.mark.parametrize("model", ["svm", "logistic", "committee"])
def test_a_saved_estimator_is_the_same_file_and_answers_as_before(data, tmp_path, model):
    import skops.io

    for name in "ab":
        trained, _ = learn(data, chosen(model))
        trained.save(tmp_path / name)
    one, other = ((tmp_path / name / "model.skops").read_bytes() for name in "ab")
    assert one == other
    loaded = skops.io.load(tmp_path / "a/model.skops")
    assert loaded.keys() == trained.members.keys()
    statistics = data.segment_statistics
    for name, estimator in trained.members.items():
        answers = [one.decision_function(statistics) for one in (loaded[name], estimator)]
        assert answers[0] == pytest.approx(answers[1], rel=1e-4, abs=1e-6)


def test_the_same_model_is_the_same_export(data, tmp_path):
    for model in ("temporal", "committee"):
        trained, _ = learn(data, chosen(model, epochs=1))
        for name in "ab":
            trained.export(tmp_path / model / name)
        one, other = (
            {path.name: path.read_bytes() for path in (tmp_path / model / name).iterdir()}
            for name in "ab"
        )
        assert one == other
        assert len(one) == (2 if model == "committee" else 1)


def test_an_export_does_not_depend_on_the_order_of_a_set():
    """Which differs between processes: skl2onnx keeps in one what operators it has used."""
    import onnx

    node = onnx.helper.make_node("Identity", ["given"], ["found"])
    values = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", 3])
        for name in ("given", "found")
    ]
    written = []
    for domains in (("", "ai.onnx.ml"), ("ai.onnx.ml", "")):
        graph = onnx.helper.make_graph([node], "g", values[:1], values[1:])
        opsets = [onnx.helper.make_opsetid(domain, 1) for domain in domains]
        model = onnx.helper.make_model(graph, opset_imports=opsets)
        onnx_files.canonicalise(model)
        written.append(model.SerializeToString(deterministic=True))
    assert written[0] == written[1]


def test_a_saved_model_answers_as_before_and_normalises_by_itself(data, tmp_path):
    import keras

    trained, _ = learn(data, chosen("cnn", epochs=2))
    trained.save(tmp_path)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(
        loaded.predict(data.features, verbose=0), trained.model.predict(data.features, verbose=0)
    )
    mean, _ = keras_model.channel_mean_and_variance(data.features[data.rows("train")])
    assert loaded.layers[0].mean.numpy().ravel() == pytest.approx(mean, rel=1e-5)


def test_test_songs_have_no_part_in_training(data):
    spoiled = data.features.copy()
    spoiled[data.rows("test")] = np.nan
    changed = replace(data, features=spoiled)
    for model in ("dense_deep", "svm"):
        settings = chosen(model, epochs=2)
        assert learn(data, settings)[1].equals(learn(changed, settings)[1])


def test_a_loss_that_is_not_a_number_stops_with_advice(data):
    spoiled = data.features.copy()
    spoiled[data.rows("train")[0]] = np.nan
    broken = replace(data, features=spoiled)
    with pytest.raises(TrainingError, match="learning_rate"):
        learn(broken, chosen("dense_deep"))
    with pytest.raises(InputError, match="not a finite number"):
        learn(broken, chosen("svm"))


def test_the_second_training_has_as_many_epochs_as_were_best_in_the_first(data):
    settings = chosen("dense_deep", epochs=4, patience=1)
    _, history = learn(data, settings)
    seen = []
    rows = data.rows("train", "validation")
    fit.refit_model(data, rows, history, settings, lambda epoch, logs: seen.append(epoch))
    assert len(seen) == fit.best_epoch(history)


@pytest.mark.parametrize("balance", ["oversample", "weights", "none"])
def test_every_way_of_balancing_trains(data, balance):
    settings = chosen("dense_deep", epochs=1, balance=balance)
    _, history = learn(data, settings)
    assert np.isfinite(history["loss"]).all()


def test_the_second_training_takes_the_best_epoch_and_the_validation_songs(data):
    settings = chosen("dense_deep", epochs=4)
    _, history = learn(data, settings)
    seen = []
    rows = data.rows("train", "validation")
    fit.refit_model(data, rows, history, settings, lambda epoch, logs: seen.append(epoch))
    assert len(seen) == history.loc[history["val_loss"].idxmin(), "epoch"]


def test_a_layer_that_no_memory_holds_is_refused_in_a_sentence(data):
    large = replace(data, features=np.zeros((len(data.labels), 431, 64), "float32"))
    with pytest.raises(TrainingError, match="380 million weights") as stopped:
        learn(large, chosen("dense"))
    assert "mfcc" in str(stopped.value)
