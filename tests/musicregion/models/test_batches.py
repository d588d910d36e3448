"""Networks are fed with the rows of the features that are theirs, a few at a time."""

import numpy as np
import pytest

from musicregion.config import params
from musicregion.dataset import selected_rows
from musicregion.dataset.dataset import Dataset
from musicregion.models import fit, training_songs
from musicregion.models.batches import make_batches

SEGMENTS = 600
SETTINGS = params.load().with_changes({"train.epochs": 1, "train.batch": 32})


class Recorded:
    """Features that note how many rows are read at a time."""

    def __init__(self, values):
        self.values, self.most = values, 0
        self.shape, self.dtype = values.shape, values.dtype

    def __len__(self):
        return len(self.values)

    def __getitem__(self, index):
        read = self.values[index]
        self.most = max(self.most, len(read))
        return read


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    labels = np.arange(SEGMENTS) // 4 % 2
    songs = np.array([f"s{segment // 4:03}" for segment in range(SEGMENTS)])
    parts = np.array(["train", "train", "train", "validation"])[np.arange(SEGMENTS) // 8 % 4]
    features = random.normal(labels[:, None, None], 1, (SEGMENTS, 20, 3)).astype("float32")
    return Dataset({"mfcc": features}, labels, songs, songs, parts, ["A", "B"])


def test_an_epoch_has_every_row_as_often_as_it_is_named(data):
    rows = np.array([5, 3, 3, 8, 599])
    batches = make_batches(data, rows, 2, shuffled=False)
    assert len(batches) == 3
    features, labels = map(np.concatenate, zip(*batches.as_numpy_iterator(), strict=True))
    assert np.array_equal(features, data.array[rows])
    assert np.array_equal(labels, data.labels[rows])
    shuffled = np.concatenate([batch for batch, _ in make_batches(data, rows, 2, shuffled=True)])
    assert sorted(shuffled[:, 0, 0]) == sorted(features[:, 0, 0])


def test_a_network_learns_the_same_as_from_an_array_in_memory(data):
    import keras

    def learn(*inputs, **options):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
        model.compile("adam", loss="mse")
        model.fit(*inputs, epochs=2, verbose=0, **options)
        return model.predict(data.array, verbose=0)

    rows = data.rows("train")
    expected = learn(data.array[rows], data.labels[rows], batch_size=32)
    batches = make_batches(data, rows, 32, shuffled=True)
    assert learn(batches, shuffle=False) == pytest.approx(expected, abs=1e-6)
    assert learn(make_batches(data, rows, 32, shuffled=False), shuffle=False) != pytest.approx(
        expected, abs=1e-6
    )


@pytest.mark.parametrize(("model", "most"), [("dense_deep", 256), ("svm", 10), ("committee", 10)])
def test_no_model_copies_the_features(data, monkeypatch, model, most):
    monkeypatch.setattr(selected_rows, "BLOCK_BYTES", 10 * data.array[0].nbytes)
    recorded = Recorded(data.array)
    songs = Dataset(
        {"mfcc": recorded}, data.labels, data.songs, data.groups, data.parts, data.regions
    ).only("train", "validation")
    settings = SETTINGS.model_copy(update={"model": model})
    trained, _ = fit.fit_model(
        songs, songs.rows("train"), songs.rows("validation"), settings, lambda epoch, metrics: None
    )
    trained.predict_songs(songs, songs.rows("train"))  # a network predicts batches of 256
    training_songs.fit_training_songs(songs, songs.rows("train"), {})
    assert 0 < recorded.most <= most
