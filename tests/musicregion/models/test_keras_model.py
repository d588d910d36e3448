import numpy as np
import pytest

from musicregion.dataset import selected_rows
from musicregion.dataset.dataset import Dataset
from musicregion.models.keras_model import KerasClassifier, channel_mean_and_variance


class FirstChannel:
    """In place of a network: the first value of a segment, and how many it was asked for."""

    def __init__(self):
        self.sizes = []

    def predict(self, features, batch_size, verbose):
        self.sizes.append(len(features))
        return features[:, 0, :1]


def test_mean_and_variance_are_those_of_all_segments_together(monkeypatch):
    random = np.random.default_rng(0)
    # far from zero and hardly varying, as the first MFCC of quiet songs
    features = random.normal([-500, 3, 0], [0.1, 20, 1], (50, 30, 3)).astype("float32")
    monkeypatch.setattr(selected_rows, "BLOCK_BYTES", 7 * features[0].nbytes)
    mean, variance = channel_mean_and_variance(features)
    values = features.astype("float64").reshape(-1, 3)
    assert mean == pytest.approx(values.mean(axis=0), rel=1e-12)
    assert variance == pytest.approx(values.var(axis=0), rel=1e-9)


def test_segments_are_predicted_block_by_block_in_their_order(monkeypatch):
    features = np.arange(600, dtype="float32").reshape(-1, 1, 1)
    monkeypatch.setattr(selected_rows, "BLOCK_BYTES", 300 * features[0].nbytes)
    names = np.array([f"s{number}" for number in range(600)])
    data = Dataset({"mfcc": features}, np.zeros(600, int), names, names, names, ["A"])
    network, rows = FirstChannel(), np.arange(600)[::-1]
    predicted = KerasClassifier(network).predict_segments(data, rows)
    assert predicted[:, 0].tolist() == rows.tolist()
    assert network.sizes == [256, 256, 88]
