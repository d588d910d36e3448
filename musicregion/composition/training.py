"""Trains the decoder to name the next token of a piece."""

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


def pad_batch(lines: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A batch: tokens, the next tokens, and which of these count, each [piece, token]."""
    length = -(-(max(map(len, lines)) - 1) // STEP) * STEP
    batch = np.zeros((len(lines), length + 1), "int32")
    counts = np.zeros((len(lines), length), "float32")
    for row, line in enumerate(lines):
        batch[row, : len(line)] = line
        counts[row, tokens.FRONT - 1 : len(line) - 1] = 1  # what is in front is given
    return batch[:, :-1], batch[:, 1:], counts


def make_batches(lines: list[np.ndarray], size: int, random: np.random.Generator | None) -> list:
    """Batches of lines of about the same length; with `random` in another order and other keys."""
    order = np.argsort([len(line) for line in lines], kind="stable")
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    if random is None:
        return [pad_batch([lines[row] for row in group]) for group in groups]
    random.shuffle(groups)
    return [
        pad_batch(
            [tokens.transpose(lines[row], int(random.choice(tokens.SHIFTS))) for row in group]
        )
        for group in groups
    ]


def train_transformer(
    train: list[np.ndarray],
    validation: list[np.ndarray],
    vocabulary: int,
    settings: "Compose",
    on_epoch: Callable[[int, dict], None],
) -> "tuple[keras.Model, pd.DataFrame]":
    """Train on lines of tokens, keep the epoch with the best validation likelihood.

    No line has more than decoder.LENGTH tokens and one to name.

    Returns the network and a table: epoch, loss and val_loss (nats a token).

    Raises:
        TrainingError: the loss is no finite number.
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
    held = make_batches(validation, settings.batch, None)
    rows, best, kept = [], np.inf, model.get_weights()
    for epoch in range(1, settings.epochs + 1):
        losses = {"epoch": epoch}
        for name, step, given in (
            ("loss", model.train_on_batch, make_batches(train, settings.batch, random)),
            ("val_loss", model.test_on_batch, held),
        ):
            # Keras begins its mean anew with every batch
            means = [step(*batch, return_dict=True)["nats"] for batch in given]
            losses[name] = float(np.average(means, weights=[batch[2].sum() for batch in given]))
        if not np.isfinite(losses["loss"]):
            raise TrainingError(
                "compose: the loss is no finite number. Lower compose.learning_rate."
            )
        rows.append(losses)
        on_epoch(epoch, losses)
        if losses["val_loss"] < best:
            best, kept = losses["val_loss"], model.get_weights()
    model.set_weights(kept)
    return model, pd.DataFrame(rows)
