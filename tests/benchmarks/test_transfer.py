import numpy as np

from benchmarks.transfer import fine_tuned
from musicregion.features import musicnn_network
from musicregion.storage import paths


def test_fine_tuning_starts_from_musicnns_own_last_layers():
    values = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    patches = np.random.default_rng(0).random((2, 187, 96)).astype("float32")
    heard = [musicnn_network.build_network(values[name])(patches) for name in ("MSD", "MTT")]
    activations = np.concatenate([each[0] for each in heard], axis=1)[None]
    hidden = np.asarray(fine_tuned((2, 3012), ("MSD", "MTT"))(activations))[0]
    for place, name in enumerate(("MSD", "MTT")):
        last = hidden[:, place * 200 : (place + 1) * 200]
        scores = last @ values[name]["dense_1/kernel"] + values[name]["dense_1/bias"]
        np.testing.assert_allclose(1 / (1 + np.exp(-scores)), heard[place][1], atol=1e-5)
