"""`python -m benchmarks.training`: segments a second in training, ours and a plain `model.fit`.

On the features and labels in data/ (`dvc repro`, or `dvc exp run -S corpus=games`). The same
networks, batches and epochs; each way trains for EPOCHS after one that is not timed. Plain is
`model.fit` on arrays, as tutorials call it, which is not the same twice; ours is what
stages/network.py does. Writes benchmarks/results/training.json.
"""

import cProfile
import json
import os
import pstats
import time
from pathlib import Path

import numpy as np

from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params

EPOCHS = 2
WAYS = {  # arguments of compile, and whether operations are deterministic
    "plain model.fit": ({}, False),
    "model.fit, deterministic": ({}, True),
    "compiled by XLA": ({"jit_compile": True}, False),
    "16 steps a call": ({"steps_per_execution": 16}, False),
    "16 steps a call, deterministic": ({"steps_per_execution": 16}, True),
}


def speed(
    features: np.ndarray, labels: np.ndarray, regions: int, settings: Params, way: str
) -> tuple[float, float]:
    """Segments a second, and the share of the time in which Python itself works."""
    import keras

    from musicregion.models import keras_model, registry

    keras.utils.clear_session()
    mean, variance = keras_model.channel_mean_and_variance(features)
    normalise = keras.layers.Normalization(axis=-1, mean=mean, variance=variance)
    chosen = getattr(settings, settings.model)
    model = registry.load_module(settings.model).build(
        features.shape[1:], regions, normalise, chosen
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
    inside = sum(own for (file, _, name), (_, _, own, _, _) in stats.items() if "TFE_Py" in name)
    return EPOCHS * len(features) / seconds, 1 - inside / seconds


def main() -> None:
    settings = params.load_for_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    from musicregion.dataset import dataset

    data = dataset.load_dataset(settings.features)
    rows = data.rows("train")
    features, labels = data.features[rows], data.labels[rows]
    table = []
    print("| network | way | segments/s | Python's share |\n|---|---|---|---|")
    for way, (_, deterministic) in sorted(WAYS.items(), key=lambda item: item[1][1]):
        if deterministic:  # there is no way back within a process
            tf.config.experimental.enable_op_determinism()
            tf.keras.utils.set_random_seed(1)
        for model in ("dense", "dense_deep", "cnn", "temporal"):
            chosen = settings.model_copy(update={"model": model})
            found, python = speed(features, labels, len(data.regions), chosen, way)
            table.append(
                {
                    "corpus": settings.corpus,
                    "model": model,
                    "way": way,
                    "segments_per_s": round(found),
                    "python_share": round(python, 2),
                }
            )
            print(f"| {model} | {way} | {found:.0f} | {python:.0%} |", flush=True)
    Path("benchmarks/results/training.json").write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
