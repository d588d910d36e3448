"""`python -m benchmarks.transfer`: do networks on musicnn's activations beat the committee?

On `features: musicnn`, 5 folds: a new hidden layer over every patch; musicnn's own last layers,
fine-tuned; the same with mixup; attention over a song's segments. Each also together with the
committee, whose answers `python -m benchmarks.models` has left. Variants that are in
benchmarks/results/transfer.json already are not run again.
"""

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import trial
from benchmarks.choice import scored
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError

if TYPE_CHECKING:
    import keras

TABLE = Path("benchmarks/results/transfer.json")
EPOCHS, BATCH = 15, 64  # BATCH: segments, or songs where attention hears them
UNITS, DROPOUT = 200, 0.5  # musicnn's own
BAG = 12  # segments of a song that attention hears in training, drawn anew each epoch
Song = tuple[np.ndarray, np.ndarray]  # ids [song] and probabilities [song, region]


def fine_tuned(shape: tuple[int, int], networks: tuple[str, ...]) -> "keras.Model":
    """Both networks' back ends as they came: [patch, 3012] → [patch, 400]."""
    import keras
    from keras import layers

    from musicregion.features import musicnn_network
    from musicregion.storage import paths

    values = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    heard = keras.Input(shape)
    ends = []
    width = shape[1] // len(networks)
    for place, name in enumerate(networks):
        end = keras.Sequential(
            [
                keras.Input((shape[0], width)),
                layers.BatchNormalization(epsilon=1e-3),
                layers.Dropout(DROPOUT),
                layers.Dense(UNITS, activation="relu"),
                layers.BatchNormalization(epsilon=1e-3),
            ]
        )
        # the checkpoint has maximum and mean of a channel side by side, we all means first
        back = np.argsort(np.arange(width).reshape(2, -1)[::-1].T.ravel())
        first, second = (
            [
                values[name][f"batch_normalization_{number}/{part}"]
                for part in ("gamma", "beta", "moving_mean", "moving_variance")
            ]
            for number in (9, 10)
        )
        end.layers[0].set_weights([value[back] for value in first])
        kernel, bias = values[name]["dense/kernel"], values[name]["dense/bias"]
        end.layers[2].set_weights([kernel[back], bias])
        end.layers[3].set_weights(second)
        ends.append(end(heard[:, :, place * width : (place + 1) * width]))
    return keras.Model(heard, keras.ops.concatenate(ends, axis=2))


def new(shape: tuple[int, int], networks: tuple[str, ...]) -> "keras.Model":
    """A hidden layer that has learned nothing yet: [patch, 3012] → [patch, 200]."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input(shape),
            layers.BatchNormalization(),
            layers.Dropout(DROPOUT),
            layers.Dense(UNITS, activation="relu"),
            layers.BatchNormalization(),
        ]
    )


def compiled(model: "keras.Model", steps: int) -> "keras.Model":
    import keras

    rate = keras.optimizers.schedules.CosineDecay(0.001, steps)
    model.compile(keras.optimizers.Adam(rate), loss="categorical_crossentropy")
    return model


def by_patches(
    data: Dataset,
    settings: Params,
    front: Callable[[tuple[int, int], tuple[str, ...]], "keras.Model"],
    mixup: bool,
    train: np.ndarray,
    test: np.ndarray,
) -> Song:
    """A layer over every patch, their mean, the regions; a song is its segments together."""
    import keras
    from keras import layers

    from benchmarks import augmentation
    from musicregion.models.opinion_pool import combine_segments

    random = begin(settings)
    shape = data.features.shape[1:]
    patches = keras.Input(shape)
    heard = front(shape, settings.musicnn.networks)(patches)
    mean = layers.Dropout(DROPOUT)(keras.ops.mean(heard, axis=1))
    model = keras.Model(patches, layers.Dense(len(data.regions), activation="softmax")(mean))
    change = augmentation.mixup if mixup else augmentation.nothing
    drawn = augmentation.batches(data, train, change, random, BATCH)
    compiled(model, len(drawn) * EPOCHS).fit(drawn, epochs=EPOCHS, verbose=0)
    segments = model.predict(data.features[test], batch_size=512, verbose=0)
    return combine_segments(segments, data.songs[test])


def by_attention(data: Dataset, settings: Params, train: np.ndarray, test: np.ndarray) -> Song:
    """Gated attention over segments (Ilse, Tomczak, Welling 2018, equation 9)."""
    import keras
    from keras import layers

    from musicregion.dataset.balance import oversample

    random = begin(settings)
    means = data.segment_means
    centre, scale = means[train].mean(axis=0), means[train].std(axis=0) + 1e-6
    values = (means - centre) / scale
    bag = keras.Input((None, values.shape[1]))
    hidden = layers.Dense(UNITS, activation="relu")(layers.Dropout(DROPOUT)(bag))
    gate = layers.Dense(64, activation="tanh")(hidden) * layers.Dense(64, "sigmoid")(hidden)
    share = keras.ops.softmax(layers.Dense(1)(gate), axis=1)  # [song, segment, 1]
    pooled = layers.Dropout(DROPOUT)(keras.ops.sum(share * hidden, axis=1))
    model = keras.Model(bag, layers.Dense(len(data.regions), activation="softmax")(pooled))
    songs, first = np.unique(data.songs[train], return_index=True)
    labels = data.labels[train][first]
    rows = {song: train[data.songs[train] == song] for song in songs}
    epochs = 4 * EPOCHS  # an epoch of songs is short
    steps = max(1, len(oversample(labels, random)) // 16) * epochs
    compiled(model, steps)
    targets = np.eye(len(data.regions))
    for _ in range(epochs):
        drawn = oversample(labels, random)
        bags = np.stack([values[random.choice(rows[songs[at]], BAG)] for at in drawn])
        model.fit(bags, targets[labels[drawn]], batch_size=16, verbose=0)
    asked = np.unique(data.songs[test])
    answers = [model(values[None, test[data.songs[test] == song]])[0] for song in asked]
    return asked, np.array(answers)


def begin(settings: Params) -> np.random.Generator:
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(settings.train.seed)
    return np.random.default_rng(settings.train.seed)


def main() -> None:
    settings = params.load_for_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from musicregion.dataset import dataset

    settings = settings.model_copy(update={"features": "musicnn"})
    data = dataset.load_dataset("musicnn")
    variants = {
        "a new layer": partial(by_patches, data, settings, new, False),
        "musicnn's last layers, fine-tuned": partial(by_patches, data, settings, fine_tuned, False),
        "fine-tuned, mixup": partial(by_patches, data, settings, fine_tuned, True),
        "attention over segments": partial(by_attention, data, settings),
    }
    stored = Path(f"benchmarks/results/models_{settings.corpus}/musicnn_committee.json")
    if not stored.is_file():
        raise InputError(f"{stored}: not found. `python -m benchmarks.models` makes it.")
    committee = json.loads(stored.read_text())[: trial.FOLDS]  # the first repeat
    trial.tried(TABLE, data, settings, variants, committee)
    print(f"committee alone: {scored(committee, settings.train.seed)['song_accuracy']:.3f}")


if __name__ == "__main__":
    run(main)
