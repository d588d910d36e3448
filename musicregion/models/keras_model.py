"""Trains a Keras network on segments; a song's prediction pools those of its segments."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicregion.dataset.balance import class_weights, oversample
from musicregion.dataset.dataset import Dataset
from musicregion.dataset.selected_rows import FeatureArray, block_slices, select_rows
from musicregion.errors import TrainingError
from musicregion.models import registry
from musicregion.models.batches import make_batches
from musicregion.models.opinion_pool import combine_segments

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from musicregion.config.params import Params
    from musicregion.models.base import OnEpoch
    from musicregion.models.onnx_model import OnnxModel

PREDICTED = 256  # segments in a batch


@dataclass(frozen=True)
class KerasClassifier:
    """A trained network, in Keras or ONNX Runtime; see models.base.Classifier."""

    model: "keras.Model | OnnxModel"

    def predict_segments(self, data: Dataset, rows: np.ndarray) -> np.ndarray:
        features = select_rows(data.array, rows)
        return np.concatenate(
            [
                self.model.predict(features[block], batch_size=PREDICTED, verbose=0)
                for block in block_slices(features, PREDICTED)
            ]
        )

    def predict_songs(self, data: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return combine_segments(self.predict_segments(data, rows), data.songs[rows])

    def save(self, folder: Path) -> None:
        from musicregion.models import saving

        saving.save_keras(self.model, folder / "model.keras")

    def export(self, folder: Path) -> None:
        from musicregion.models import onnx_export, onnx_files

        onnx_export.export_keras(self.model, folder / onnx_files.NETWORK)


def channel_mean_and_variance(features: FeatureArray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel, float64 [channel]; features: [segment, time, channel].

    In one pass, block by block. Values are summed as distances from the first segment's mean, so
    that the variance is no difference of two large sums (Chan, Golub and LeVeque 1983).
    """
    shift = features[0].mean(axis=0, dtype="float64")
    total, squares = np.zeros((2, len(shift)))
    for block in block_slices(features):
        distances = features[block].reshape(-1, len(shift)) - shift
        total += distances.sum(axis=0)
        squares += np.einsum("tc,tc->c", distances, distances)
    count = len(features) * features.shape[1]
    return shift + total / count, squares / count - (total / count) ** 2


def fit_keras(
    data: Dataset,
    train: np.ndarray,
    validation: np.ndarray | None,
    settings: "Params",
    on_epoch: "OnEpoch",
    epochs: int | None = None,
) -> "tuple[KerasClassifier, pd.DataFrame]":
    """Train the chosen network; arguments and results as of models.fit.fit_model.

    With validation rows, training stops early and the weights of the best epoch are restored.
    """
    import keras
    import pandas as pd
    import tensorflow as tf

    keras.utils.clear_session()  # otherwise layer names depend on earlier trainings
    keras.utils.set_random_seed(settings.train.seed)
    tf.config.experimental.enable_op_determinism()
    labels = data.labels[train]
    mean, variance = channel_mean_and_variance(select_rows(data.array, train))
    normalise = keras.layers.Normalization(axis=-1, mean=mean, variance=variance)
    build = registry.load_module(settings.model).build
    model = build(
        data.array.shape[1:], len(data.regions), normalise, getattr(settings, settings.model)
    )
    class_weight = None
    if settings.train.balance == "oversample":
        train = train[oversample(labels, np.random.default_rng(settings.train.seed))]
    elif settings.train.balance == "weights":
        class_weight = class_weights(labels)
    model.compile(
        keras.optimizers.Adam(settings.train.learning_rate),
        loss="sparse_categorical_crossentropy",
        # the loss includes the penalty on weights; the metric is the cross-entropy alone
        metrics=["accuracy", keras.metrics.SparseCategoricalCrossentropy(name="crossentropy")],
    )
    callbacks = [
        keras.callbacks.TerminateOnNaN(),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: on_epoch(epoch + 1, logs)),
    ]
    validation_data = None
    if validation is not None:
        validation_data = make_batches(data, validation, settings.train.batch, shuffled=False)
        patience = settings.train.patience
        callbacks.append(
            keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
        )
    history = model.fit(
        make_batches(data, train, settings.train.batch, shuffled=True),
        shuffle=False,  # batches are in random order already
        epochs=epochs or settings.train.epochs,
        validation_data=validation_data,
        class_weight=class_weight,
        callbacks=callbacks,
        verbose=0,
    ).history
    losses = history["loss"] + history.get("val_loss", [])
    if not np.isfinite(losses).all():
        raise TrainingError("train: the loss is not a finite number. Lower train.learning_rate.")
    table = pd.DataFrame(history)
    table.insert(0, "epoch", range(1, len(table) + 1))
    return KerasClassifier(model), table
