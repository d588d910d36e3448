"""`python -m benchmarks.training`: segments a second in training, with ours and other ways to fit.

On the features and labels in data/ (`dvc repro`, or `dvc exp run -S corpus=games`). The same
networks, batches and epochs; each way trains for EPOCHS after one that is not timed. Plain is
`model.fit` on arrays, as tutorials call it, which is not reproducible; ours, deterministic
operations, is what musicregion/models/keras_model.py does. Writes benchmarks/results/training.json.
"""

import cProfile
import pstats
import time

import numpy as np

from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params

TABLE = RESULTS / "training.json"
EPOCHS = 2
NETWORKS = ("dense", "dense_deep", "cnn", "temporal")
WAYS = {  # arguments of compile, and whether operations are deterministic
    "plain model.fit": ({}, False),
    "model.fit, deterministic": ({}, True),
    "compiled by XLA": ({"jit_compile": True}, False),
    "16 steps a call": ({"steps_per_execution": 16}, False),
    "16 steps a call, deterministic": ({"steps_per_execution": 16}, True),
}


def measure_speed(
    features: np.ndarray, labels: np.ndarray, regions: int, settings: Params, way: str
) -> tuple[float, float]:
    """Segments a second, and the share of the time that is spent in Python itself.

    features: [segment, time, channel]. labels: [segment]. regions: how many. way: one of WAYS.
    """
    import keras

    from musicregion.models import keras_model, registry

    keras.utils.clear_session()
    mean, variance = keras_model.channel_mean_and_variance(features)
    normalise = keras.layers.Normalization(axis=-1, mean=mean, variance=variance)
    model = registry.load_module(settings.model).build(
        features.shape[1:], regions, normalise, getattr(settings, settings.model)
    )
    model.compile(
        keras.optimizers.Adam(settings.train.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        **WAYS[way][0],
    )
    batch = settings.train.batch
    model.fit(features, labels, batch_size=batch, verbose=0)
    profile = cProfile.Profile()
    start = time.perf_counter()
    profile.enable()
    model.fit(features, labels, batch_size=batch, epochs=EPOCHS, verbose=0)
    profile.disable()
    seconds = time.perf_counter() - start
    stats = pstats.Stats(profile).stats
    in_tensorflow = sum(
        total for (_, _, name), (_, _, total, _, _) in stats.items() if "TFE_Py" in name
    )
    return EPOCHS * len(features) / seconds, 1 - in_tensorflow / seconds


def main() -> None:
    settings = params.load_for_command(__doc__)
    import tensorflow as tf
    from tqdm import tqdm

    from musicregion.dataset import loading

    data = loading.load_dataset(settings.kinds)
    train = data.rows("train")
    features, labels = data.array[train], data.labels[train]
    rows = []
    for way in sorted(WAYS, key=lambda way: WAYS[way][1]):
        if WAYS[way][1]:  # last, since a process cannot leave determinism
            tf.config.experimental.enable_op_determinism()
            tf.keras.utils.set_random_seed(1)
        for network in tqdm(NETWORKS, way, unit="network"):
            chosen = settings.model_copy(update={"model": network})
            speed, python = measure_speed(features, labels, len(data.regions), chosen, way)
            rows.append(
                {
                    "corpus": settings.corpus,
                    "model": network,
                    "way": way,
                    "segments_per_s": round(speed),
                    "python_share": round(python, 2),
                }
            )
    print_table(
        ["network", "way", "segments/s", "Python's share"],
        [
            (row["model"], row["way"], row["segments_per_s"], f"{row['python_share']:.0%}")
            for row in rows
        ],
    )
    write_json(TABLE, rows)
    print_source("training", TABLE)


if __name__ == "__main__":
    run(main)
