import numpy as np

from benchmarks.musicnn_tensorflow import build_network
from benchmarks.transfer_networks import fine_tuned_layers
from musicregion.features import musicnn_network
from musicregion.storage import paths


def test_fine_tuning_starts_from_musicnns_own_last_layers():
    weights = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    patches = np.random.default_rng(0).random((2, 187, 96)).astype("float32")
    outputs = [build_network(weights[name])(patches) for name in ("MSD", "MTT")]
    activations = np.concatenate([each[0] for each in outputs], axis=1)[None]
    hidden = np.asarray(fine_tuned_layers((2, 3012), ("MSD", "MTT"))(activations))[0]
    for index, name in enumerate(("MSD", "MTT")):
        last = hidden[:, index * 200 : (index + 1) * 200]
        scores = last @ weights[name]["dense_1/kernel"] + weights[name]["dense_1/bias"]
        np.testing.assert_allclose(1 / (1 + np.exp(-scores)), outputs[index][1], atol=1e-5)
