"""The networks on a world of two regions, low tones and high ones: they learn it, and it holds."""

import io

import numpy as np
import pytest
import soundfile

from stages import params, saving, train
from stages.dataset import Dataset
from stages.mfcc import mfcc
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
        parts=np.array([parts[number] for _, number, _ in rows]),
        regions=["Low", "High"],
    )


def chosen(model, **changes):
    small = {"epochs": 20, "patience": 20, "batch": 8, **changes}
    return SETTINGS.model_copy(
        update={"model": model, "train": SETTINGS.train.model_copy(update=small)}
    )


@pytest.mark.parametrize("model", ["dense", "dense_deep", "cnn"])
def test_every_model_learns_what_is_easy(data, model):
    seen = []
    network, history = train.fit(data, chosen(model), lambda epoch, logs: seen.append(epoch))
    answer = network.predict(data.features[data.rows("test")], verbose=0)
    assert answer.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (answer.argmax(axis=1) == data.labels[data.rows("test")]).all()
    assert seen == list(range(1, len(history) + 1))
    assert list(history) == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]


def test_louder_shifted_and_re_encoded_is_the_same_region(data):
    network, _ = train.fit(data, chosen("cnn"), lambda epoch, logs: None)
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
        answers = network.predict(rows, verbose=0).argmax(axis=1)
        assert dict(zip(variants, answers, strict=True)) == dict.fromkeys(variants, region)


def test_the_same_seed_is_the_same_file(data, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        network, _ = train.fit(data, chosen("cnn", epochs=2, seed=seed), lambda epoch, logs: None)
        saving.save(network, tmp_path / f"{name}.keras")
    a, b, c = ((tmp_path / f"{name}.keras").read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.keras", "b.keras", "c.keras"]


def test_a_saved_model_answers_as_before_and_normalises_by_itself(data, tmp_path):
    import keras

    network, _ = train.fit(data, chosen("cnn", epochs=2), lambda epoch, logs: None)
    saving.save(network, tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(
        loaded.predict(data.features, verbose=0), network.predict(data.features, verbose=0)
    )
    mean, _ = train.moments(data.features[data.rows("train")])
    assert loaded.layers[0].mean.numpy().ravel() == pytest.approx(mean, rel=1e-5)


def test_test_songs_have_no_part_in_training(data):
    spoiled = data.features.copy()
    spoiled[data.rows("test")] = np.nan
    changed = Dataset(spoiled, data.labels, data.songs, data.parts, data.regions)
    settings = chosen("dense_deep", epochs=2)
    _, one = train.fit(data, settings, lambda epoch, logs: None)
    _, other = train.fit(changed, settings, lambda epoch, logs: None)
    assert one.equals(other)


def test_a_loss_that_is_not_a_number_stops_with_advice(data):
    spoiled = data.features.copy()
    spoiled[data.rows("train")[0]] = np.nan
    broken = Dataset(spoiled, data.labels, data.songs, data.parts, data.regions)
    with pytest.raises(SystemExit, match="learning_rate"):
        train.fit(broken, chosen("dense_deep"), lambda epoch, logs: None)


@pytest.mark.parametrize("balance", ["oversample", "weights", "none"])
def test_every_way_of_balancing_trains(data, balance):
    settings = chosen("dense_deep", epochs=1, balance=balance)
    _, history = train.fit(data, settings, lambda epoch, logs: None)
    assert np.isfinite(history["loss"]).all()
