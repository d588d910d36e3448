"""`python -m benchmarks.augmentation`: what helps a network on a few hundred songs.

The network `temporal` on the features in data/ (`dvc exp run -S corpus=games -S features=logmel`),
cross-validated on 5 folds, EPOCHS each, with one change at a time. To save time, only every second
segment of a song is used: it is the number of songs that counts. Variants that are already in
benchmarks/results/augmentation.json are not run again.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import variants
from benchmarks.augmented_batches import (
    Augment,
    gain_and_equaliser,
    leave_unchanged,
    make_batches,
    mask_time_and_channels,
    mixup,
)
from benchmarks.report import RESULTS, print_source
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

if TYPE_CHECKING:
    import keras

TABLE = RESULTS / "augmentation.json"
EPOCHS, BATCH = 10, 32  # BATCH: segments
VARIANTS: dict[str, tuple[Augment, dict[str, Any]]] = {  # and options of train_network
    "as it is": (leave_unchanged, {}),
    "mixup": (mixup, {}),
    "SpecAugment": (mask_time_and_channels, {}),
    "gain and equaliser": (gain_and_equaliser, {}),
    "label smoothing 0.1": (leave_unchanged, {"smoothing": 0.1}),
    "cosine schedule": (leave_unchanged, {"cosine": True}),
    "weight averaging": (leave_unchanged, {"average": True}),
    "weight decay 0.01": (leave_unchanged, {"decay": 0.01}),
}


def train_network(data: Dataset, rows: np.ndarray, settings: Params, variant: str) -> "keras.Model":
    """The network `temporal`, trained on some rows with one of VARIANTS."""
    import keras

    from musicregion.models import keras_model
    from musicregion.models.zoo import temporal

    augment, options = VARIANTS[variant]
    keras.utils.clear_session()
    keras.utils.set_random_seed(settings.train.seed)
    mean, variance = keras_model.channel_mean_and_variance(data.array[rows])
    normalise = keras.layers.Normalization(axis=-1, mean=mean, variance=variance)
    shape = data.array.shape[1:]
    model = temporal.build(shape, len(data.regions), normalise, settings.temporal)
    random = np.random.default_rng(settings.train.seed)
    batches = make_batches(data, rows, augment, random, BATCH)
    rate = settings.train.learning_rate
    if "cosine" in options:
        rate = keras.optimizers.schedules.CosineDecay(2 * rate, len(batches) * EPOCHS)
    average = {"use_ema": True, "ema_momentum": 0.99} if "average" in options else {}
    model.compile(
        keras.optimizers.Adam(rate, weight_decay=options.get("decay"), **average),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=options.get("smoothing", 0)),
    )
    model.fit(batches, epochs=EPOCHS, verbose=0)
    if average:
        model.optimizer.finalize_variable_values(model.trainable_variables)
    return model


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.dataset import loading
    from musicregion.models.opinion_pool import combine_segments

    data = loading.load_dataset(settings.kinds).take(slice(None, None, 2))

    def predict(train: np.ndarray, test: np.ndarray, variant: str) -> tuple[np.ndarray, np.ndarray]:
        model = train_network(data, train, settings, variant)
        segments = model.predict(data.array[test], batch_size=256, verbose=0)
        return combine_segments(segments, data.songs[test])

    by_name = {name: partial(predict, variant=name) for name in VARIANTS}
    variants.evaluate_variants(TABLE, data, settings, by_name)
    print_source("augmentation", TABLE)


if __name__ == "__main__":
    run(main)
