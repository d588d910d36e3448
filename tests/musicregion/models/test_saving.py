import zipfile

import keras
import numpy as np
import pytest

from musicregion.config import params
from musicregion.models import registry, saving

SETTINGS = params.load()


def compiled(model, shape):
    """A network that has been trained for a step, so that its optimizer has variables."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    ones = np.ones(shape[1])
    normalise = keras.layers.Normalization(axis=-1, mean=ones, variance=ones)
    network = registry.load_module(model).build(shape, 2, normalise, getattr(SETTINGS, model))
    network.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    features = np.random.default_rng(0).normal(size=(4, *shape)).astype("float32")
    network.fit(features, np.array([0, 1, 0, 1]), verbose=0)
    return network, features


@pytest.mark.parametrize("model", ["cnn", "temporal"])  # Sequential, Functional
def test_a_saved_network_has_no_optimizer_and_predicts_the_same(model, tmp_path):
    network, features = compiled(model, (64, 13))
    path = tmp_path / "model.keras"
    saving.save_keras(network, path)
    with zipfile.ZipFile(path) as archive:
        assert b"optimizer" not in archive.read("model.weights.h5")
    weights = sum(weight.nbytes for weight in network.get_weights())
    assert weights < path.stat().st_size < 1.1 * weights + 50_000  # structure takes up the rest
    loaded = keras.models.load_model(path)
    assert getattr(loaded, "optimizer", None) is None
    predictions = network.predict(features, verbose=0)
    assert np.array_equal(loaded.predict(features, verbose=0), predictions)
    assert network.optimizer is not None  # training may go on


def test_equal_networks_are_equal_files(tmp_path):
    for name in ("a", "b"):
        saving.save_keras(compiled("temporal", (64, 13))[0], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
