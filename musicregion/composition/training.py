"""Trains the transformer to predict the next token of a piece."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from musicregion.composition import tokens
from musicregion.composition.transformer import build_transformer
from musicregion.errors import TrainingError

if TYPE_CHECKING:
    import keras
    import pandas as pd
    import tensorflow as tf

    from musicregion.config.sections import Compose


STEP = 16  # tokens; batches are padded to a multiple of it, since each new length takes time once
Batch = tuple[np.ndarray, np.ndarray, np.ndarray]  # tokens, next tokens and weights


def pad_batch(sequences: list[np.ndarray]) -> Batch:
    """Tokens, next tokens, and 1 where the prediction counts, else 0; each [piece, token]."""
    length = -(-(max(map(len, sequences)) - 1) // STEP) * STEP
    batch = np.zeros((len(sequences), length + 1), "int32")
    weights = np.zeros((len(sequences), length), "float32")
    for row, sequence in enumerate(sequences):
        batch[row, : len(sequence)] = sequence
        weights[row, tokens.PREFIX - 1 : len(sequence) - 1] = 1  # the prefix is given
    return batch[:, :-1], batch[:, 1:], weights


def make_batches(
    sequences: list[np.ndarray], size: int, random: np.random.Generator | None
) -> list[Batch]:
    """Batches of `size` sequences of similar length; with `random` shuffled."""
    order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    if random is not None:
        random.shuffle(groups)
    return [pad_batch([sequences[row] for row in group]) for group in groups]


def batch_dataset(
    sequences: list[np.ndarray], size: int, random: np.random.Generator | None
) -> "tf.data.Dataset":
    """The batches as Keras's fit takes them, with `random` shuffled before every epoch.

    Their length is not part of its signature: the network is compiled once for all lengths.
    """
    import tensorflow as tf

    shape = (None, None)  # piece, token
    signature = tuple(tf.TensorSpec(shape, kind) for kind in (tf.int32, tf.int32, tf.float32))
    batches = tf.data.Dataset.from_generator(
        lambda: make_batches(sequences, size, random), output_signature=signature
    )
    count = -(-len(sequences) // size)  # Keras warns of datasets without one
    return batches.apply(tf.data.experimental.assert_cardinality(count))


def _nats_metric() -> "keras.metrics.Metric":
    import keras
    from keras import ops

    class Nats(keras.metrics.SparseCategoricalCrossentropy):  # type: ignore[misc]  # no types
        """The mean over tokens; Keras's own divides the sum of a piece by its batch's length."""

        def update_state(
            self,
            following: "keras.KerasTensor",
            logits: "keras.KerasTensor",
            sample_weight: "keras.KerasTensor",
        ) -> None:
            logits = ops.reshape(logits, (-1, ops.shape(logits)[-1]))
            super().update_state(ops.ravel(following), logits, ops.ravel(sample_weight))

    return Nats(name="nats", from_logits=True)


def train_transformer(
    train: list[np.ndarray],
    validation: list[np.ndarray],
    vocabulary: int,
    settings: "Compose",
    on_epoch: Callable[[int, dict[str, float]], None],
) -> "tuple[keras.Model, pd.DataFrame]":
    """Train on sequences of tokens and return the weights of the best epoch in validation.

    No sequence has more than transformer.LENGTH + 1 tokens.

    Returns the network and a table: epoch, loss and val_loss (nats a token).

    Raises:
        TrainingError: the loss is not a finite number.
    """
    import keras
    import pandas as pd
    import tensorflow as tf

    keras.utils.clear_session()
    keras.utils.set_random_seed(settings.seed)
    tf.config.experimental.enable_op_determinism()
    model = build_transformer(vocabulary, settings)
    steps = settings.epochs * -(-len(train) // settings.batch)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=settings.learning_rate, warmup_steps=max(1, steps // 20)
    )
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=0.01, clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[_nats_metric()],
    )
    rows: list[dict[str, float]] = []

    def end_epoch(number: int, logs: dict[str, float]) -> None:
        losses = {"epoch": number + 1, "loss": logs["nats"], "val_loss": logs["val_nats"]}
        if not np.isfinite(losses["loss"]):
            raise TrainingError(
                "compose: the loss is not a finite number. Lower compose.learning_rate."
            )
        rows.append(losses)
        on_epoch(number + 1, losses)

    model.fit(
        batch_dataset(train, settings.batch, np.random.default_rng(settings.seed)),
        epochs=settings.epochs,
        shuffle=False,  # the batches are shuffled already
        validation_data=batch_dataset(validation, settings.batch, None),
        callbacks=[
            keras.callbacks.LambdaCallback(on_epoch_end=end_epoch),
            keras.callbacks.EarlyStopping(  # never stops early, only keeps the best weights
                "val_nats",
                patience=settings.epochs,
                mode="min",
                restore_best_weights=True,
            ),
        ],
        verbose=0,
    )
    return model, pd.DataFrame(rows)
