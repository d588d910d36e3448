"""`python -m benchmarks.augmentation`: what helps a network on a few hundred songs.

The network `temporal` on the features in data/ (`dvc exp run -S corpus=games -S features=logmel`),
cross-validated on 5 folds, with one change at a time, EPOCHS each. Of every song only each second
segment is used: the songs are what counts, and time is short. Variants that are in
benchmarks/results/augmentation.json already are not run again. What helps belongs into
stages/network.py; what does not stays here.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import trial
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

if TYPE_CHECKING:
    import keras

TABLE = Path("benchmarks/results/augmentation.json")
EPOCHS, BATCH = 10, 32  # BATCH: segments
Batch = tuple[np.ndarray, np.ndarray]  # [segment, time, channel] and targets [segment, region]
Change = Callable[[np.ndarray, np.ndarray, np.random.Generator], Batch]


def nothing(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    return x, y


def mixup(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    """Sums of two segments and of their labels (Zhang et al. 2018, alpha 0.4)."""
    share = random.beta(0.4, 0.4, len(x)).astype("float32")
    other = random.permutation(len(x))
    x = share[:, None, None] * x + (1 - share[:, None, None]) * x[other]
    return x, share[:, None] * y + (1 - share[:, None]) * y[other]


def masks(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    """A tenth of the time and a sixth of the channels at most set to the mean (SpecAugment)."""
    x = x.copy()
    for segment in x:
        for axis, most in ((0, 10), (1, 6)):
            size = segment.shape[axis]
            width = random.integers(0, size // most + 1)
            start = random.integers(0, size - width + 1)
            place = [slice(None), slice(None)]
            place[axis] = slice(start, start + width)
            segment[tuple(place)] = segment.mean()
    return x, y


def gain_and_equaliser(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> Batch:
    """A level of its own for each segment, 6 dB, and a smooth curve over its channels, 3 dB."""
    knots = np.linspace(0, x.shape[2] - 1, 5)
    curve = np.stack(
        [np.interp(np.arange(x.shape[2]), knots, random.normal(0, 3, 5)) for _ in range(len(x))]
    )
    shift = random.normal(0, 6, (len(x), 1)) + curve
    return x + shift[:, None, :].astype("float32"), y


VARIANTS: dict[str, tuple[Change, dict]] = {
    "as it is": (nothing, {}),
    "mixup": (mixup, {}),
    "SpecAugment": (masks, {}),
    "gain and equaliser": (gain_and_equaliser, {}),
    "label smoothing 0.1": (nothing, {"smoothing": 0.1}),
    "cosine schedule": (nothing, {"cosine": True}),
    "weight averaging": (nothing, {"average": True}),
    "weight decay 0.01": (nothing, {"decay": 0.01}),
}


def batches(
    data: Dataset, rows: np.ndarray, change: Change, random: np.random.Generator, size: int = BATCH
) -> "keras.utils.PyDataset":
    """Balanced batches, as the oversampling of training makes them, changed as they are drawn."""
    import keras

    from musicregion.dataset.balance import oversample

    targets = np.eye(len(data.regions), dtype="float32")

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.on_epoch_begin()

        def on_epoch_begin(self) -> None:
            self.order = rows[oversample(data.labels[rows], random)]

        def __len__(self) -> int:
            return len(self.order) // size

        def __getitem__(self, place: int) -> Batch:
            drawn = np.sort(self.order[place * size : (place + 1) * size])
            return change(data.features[drawn], targets[data.labels[drawn]], random)

    return Batches()


def trained(data: Dataset, rows: np.ndarray, settings: Params, variant: str) -> "keras.Model":
    """The network `temporal`, trained on some rows with one change."""
    import keras

    from musicregion.models import keras_model
    from musicregion.models.zoo import temporal

    change, more = VARIANTS[variant]
    keras.utils.clear_session()
    keras.utils.set_random_seed(settings.train.seed)
    mean, variance = keras_model.channel_mean_and_variance(data.features[rows])
    normalise = keras.layers.Normalization(axis=-1, mean=mean, variance=variance)
    shape = data.features.shape[1:]
    model = temporal.build(shape, len(data.regions), normalise, settings.temporal)
    drawn = batches(data, rows, change, np.random.default_rng(settings.train.seed))
    rate = settings.train.learning_rate
    if "cosine" in more:
        rate = keras.optimizers.schedules.CosineDecay(2 * rate, len(drawn) * EPOCHS)
    average = {"use_ema": True, "ema_momentum": 0.99} if "average" in more else {}
    model.compile(
        keras.optimizers.Adam(rate, weight_decay=more.get("decay"), **average),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=more.get("smoothing", 0)),
    )
    model.fit(drawn, epochs=EPOCHS, verbose=0)
    if average:
        model.optimizer.finalize_variable_values(model.trainable_variables)
    return model


def main() -> None:
    settings = params.load_for_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from musicregion.dataset import dataset
    from musicregion.models.opinion_pool import combine_segments

    data = dataset.load_dataset(settings.features)
    arrays = ("features", "labels", "songs", "groups", "parts")
    data = replace(data, **{name: getattr(data, name)[::2] for name in arrays})

    def answer(train: np.ndarray, test: np.ndarray, variant: str) -> tuple[np.ndarray, np.ndarray]:
        model = trained(data, train, settings, variant)
        segments = model.predict(data.features[test], batch_size=256, verbose=0)
        return combine_segments(segments, data.songs[test])

    trial.tried(TABLE, data, settings, {name: partial(answer, variant=name) for name in VARIANTS})


if __name__ == "__main__":
    run(main)
