"""`python -m stages.train`: the chosen model → models/, results/ and one MLflow run."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stages import params
from stages.balance import oversample, weights
from stages.dataset import Dataset
from stages.params import Params

if TYPE_CHECKING:
    import keras

MODEL = Path("models/model.keras")
CARD = Path("models/card.json")


def moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each coefficient. features: [segment, time, coefficient]."""
    return features.mean(axis=(0, 1), dtype="float64"), features.var(axis=(0, 1), dtype="float64")


def fit(
    data: Dataset, settings: Params, on_epoch: Callable[[int, dict], None]
) -> tuple["keras.Model", pd.DataFrame]:
    """Train the chosen model on the training part, stopping early on the validation part.

    on_epoch(epoch, metrics) is called after every epoch, from 1. Returns the model with the
    weights of its best epoch, and the history: one row per epoch.
    """
    import keras
    import tensorflow as tf

    from stages import models

    keras.utils.clear_session()  # or else layers are named after those of earlier trainings
    keras.utils.set_random_seed(settings.train.seed)
    tf.config.experimental.enable_op_determinism()
    train, validation = data.rows("train"), data.rows("validation")
    mean, variance = moments(data.features[train])
    normalise = keras.layers.Normalization(axis=-1, mean=mean, variance=variance)
    build = models.module(settings.model).build
    model = build(
        data.features.shape[1:], len(data.regions), normalise, getattr(settings, settings.model)
    )
    model.compile(
        keras.optimizers.Adam(settings.train.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    class_weight = None
    if settings.train.balance == "oversample":
        random = np.random.default_rng(settings.train.seed)
        train = train[oversample(data.labels[train], random)]
    elif settings.train.balance == "weights":
        class_weight = weights(data.labels[train])
    history = model.fit(
        data.features[train],
        data.labels[train],
        batch_size=settings.train.batch,
        epochs=settings.train.epochs,
        validation_data=(data.features[validation], data.labels[validation]),
        class_weight=class_weight,
        callbacks=[
            keras.callbacks.TerminateOnNaN(),
            keras.callbacks.EarlyStopping(
                patience=settings.train.patience, restore_best_weights=True
            ),
            keras.callbacks.LambdaCallback(on_epoch_end=lambda n, logs: on_epoch(n + 1, logs)),
        ],
        verbose=0,
    ).history
    if not np.isfinite(history["loss"]).all() or not np.isfinite(history["val_loss"]).all():
        raise SystemExit("train: the loss is not a finite number. Lower train.learning_rate.")
    table = pd.DataFrame(history)
    table.insert(0, "epoch", range(1, len(table) + 1))
    return model, table


def main() -> None:
    settings = params.from_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import mlflow
    from tqdm import tqdm

    from stages import dataset, report, saving, tracking

    data = dataset.load(settings.features)
    chosen = settings.chosen()
    with tracking.run(settings.corpus, chosen, dataset.fingerprints(settings.features)):
        with tqdm(desc=f"train {settings.model}", total=settings.train.epochs, unit="epoch") as bar:

            def on_epoch(epoch: int, metrics: dict) -> None:
                mlflow.log_metrics(metrics, step=epoch)
                bar.update()
                bar.set_postfix(accuracy=metrics["accuracy"], validation=metrics["val_accuracy"])

            model, history = fit(data, settings, on_epoch)
        saving.save(model, MODEL)
        CARD.write_text(
            json.dumps({"regions": data.regions, "params": chosen}, indent=2, sort_keys=True) + "\n"
        )
        probabilities = model.predict(data.features, batch_size=256, verbose=0)
        metrics = report.write(data, probabilities, history, settings)
        mlflow.log_metrics(report.flat(metrics))
        mlflow.log_artifacts(str(report.FOLDER), "results")
        mlflow.tensorflow.log_model(
            model,
            name="model",
            signature=mlflow.models.infer_signature(data.features[:1], probabilities[:1]),
            pip_requirements=["tensorflow", "keras", "numpy"],
        )
    print(report.sentence(metrics, data))


if __name__ == "__main__":
    main()
