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

    from musicregion.config.sections import Compose


STEP = 64  # tokens; batches are padded to a multiple of it, since each length is compiled anew
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
    random = np.random.default_rng(settings.seed)
    steps = settings.epochs * -(-len(train) // settings.batch)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=settings.learning_rate, warmup_steps=max(1, steps // 20)
    )
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    nats = keras.metrics.SparseCategoricalCrossentropy(name="nats", from_logits=True)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=0.01, clipnorm=1.0),
        entropy,
        weighted_metrics=[nats],
    )
    validation_batches = make_batches(validation, settings.batch, None)
    rows, best_loss, best_weights = [], np.inf, model.get_weights()
    for epoch in range(1, settings.epochs + 1):
        losses: dict[str, float] = {"epoch": epoch}
        for name, step, batches in (
            ("loss", model.train_on_batch, make_batches(train, settings.batch, random)),
            ("val_loss", model.test_on_batch, validation_batches),
        ):
            # Keras resets its mean with every batch
            means = [step(*batch, return_dict=True)["nats"] for batch in batches]
            counts = [weights.sum() for _, _, weights in batches]
            losses[name] = float(np.average(means, weights=counts))
        if not np.isfinite(losses["loss"]):
            raise TrainingError(
                "compose: the loss is not a finite number. Lower compose.learning_rate."
            )
        rows.append(losses)
        on_epoch(epoch, losses)
        if losses["val_loss"] < best_loss:
            best_loss, best_weights = losses["val_loss"], model.get_weights()
    model.set_weights(best_weights)
    return model, pd.DataFrame(rows)
