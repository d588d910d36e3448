"""A small CNN on crops of songs, trained song by song, with or without teachers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.song_crops import SongCrops
from benchmarks.teachers import Lessons

if TYPE_CHECKING:
    import keras

SMALL = 1e-3  # keeps logarithms finite
MOMENTUM = 0.9  # of batch normalisation


class Phase(NamedTuple):
    """A part of a training, with a learning rate that falls to 0."""

    epochs: int
    lengths: tuple[int, int]  # between which those of crops are drawn, on a logarithmic scale
    weights: dict[str, float]  # of the losses


@dataclass(frozen=True)
class Plan:
    """How a network is trained. Lengths of crops are in frames, 43 a second."""

    pretraining: int = 0  # epochs of learning the activations alone
    epochs: int = 30
    songs: int = 16  # of a batch
    crops: int = 2  # of a song in a batch
    lengths: tuple[int, int] = (129, 1292)  # shortest and longest crop, drawn for each batch
    pretraining_lengths: tuple[int, int] = (129, 258)
    test_crops: int = 12
    test_length: int = 430
    blocks: tuple[tuple[int, ...], ...] = ((64, 8, 4), (64, 5, 2), (64, 5, 2))  # see build_network
    dropout: float = 0.5
    rate: float = 0.002  # of learning, at first; falls to 0
    decay: float = 0.01  # of weights
    probabilities: float = 0.0  # share of the committee's in the target; the rest is the region
    activations: float = 0.0  # weight of their mean squared error

    def phases(self) -> list[Phase]:
        """The training's parts, in order; some have no epochs."""
        only = {"probabilities": 0.0, "activations": 1.0}
        both = {"probabilities": 1.0, "activations": self.activations}
        return [
            Phase(self.pretraining, self.pretraining_lengths, only),
            Phase(self.epochs, self.lengths, both),
        ]


def pool_over_time(frames: "keras.KerasTensor") -> "list[keras.KerasTensor]":
    """Mean and logarithm of the variance over time, each [song, crop, channel]."""
    from keras import ops

    return [ops.mean(frames, axis=2), ops.log(ops.var(frames, axis=2) + SMALL)]


def build_network(
    normalise: "keras.Layer", channels: int, regions: int, axes: int, plan: Plan
) -> "keras.Model":
    """From [song, crop, frame, channel] to probabilities and activations [song, crop, axis].

    Probabilities [song, region] pool the opinions of a song's crops: the mean of log-probabilities.
    A block is a convolution over time: its filters, kernel and stride.
    """
    import keras
    from keras import layers, ops

    inputs = keras.Input((None, None, channels))
    outputs = normalise(inputs)
    pooled = pool_over_time(outputs)
    for filters, kernel, stride in plan.blocks:
        sizes = filters, (1, kernel), (1, stride)
        convolved = layers.Conv2D(*sizes, padding="same", use_bias=False)(outputs)
        convolved = layers.BatchNormalization(momentum=MOMENTUM)(convolved)
        pooled += pool_over_time(convolved)
        outputs = layers.ReLU()(convolved)
    pooled = layers.BatchNormalization(momentum=MOMENTUM)(ops.concatenate(pooled, axis=2))
    pooled = layers.Dropout(plan.dropout)(pooled)
    activations = layers.Dense(axes, name="activations")(pooled)
    if plan.activations:
        learned = layers.Dropout(plan.dropout)(activations)
        pooled = ops.concatenate([pooled, learned], axis=2)
    opinions = ops.log_softmax(layers.Dense(regions)(pooled), axis=2)
    probabilities = layers.Softmax(name="probabilities")(ops.mean(opinions, axis=1))
    return keras.Model(inputs, {"probabilities": probabilities, "activations": activations})


def fit_network(
    songs: SongCrops, regions: int, lessons: Lessons, plan: Plan, seed: int
) -> "keras.Model":
    """Train on all of `songs`, first the activations alone if the plan says so."""
    import keras

    from musicregion.models.keras_model import channel_mean_and_variance

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    statistics = channel_mean_and_variance(songs.features[np.concatenate(songs.rows)])
    normalise = keras.layers.Normalization(-1, *statistics)
    channels, axes = songs.features.shape[2], lessons.activations.shape[2]
    network = build_network(normalise, channels, regions, axes, plan)
    opinions = np.stack([lessons.probabilities[name] for name in songs.names])
    targets = (1 - plan.probabilities) * np.eye(regions)[songs.labels]
    targets += plan.probabilities * opinions
    for phase in filter(lambda phase: phase.epochs, plan.phases()):
        train(network, songs, targets, lessons, plan, phase, random)
    return network


def train(
    network: "keras.Model",
    songs: SongCrops,
    targets: np.ndarray,
    lessons: Lessons,
    plan: Plan,
    phase: Phase,
    random: np.random.Generator,
) -> None:
    """Train for the epochs of a phase. targets: probabilities [song, region]."""
    import keras

    from musicregion.dataset.balance import oversample

    patches, frames = lessons.activations.shape[1], songs.features.shape[1]
    batches = max(1, len(oversample(songs.labels, random)) // plan.songs)
    rate = keras.optimizers.schedules.CosineDecay(plan.rate, phase.epochs * batches)
    losses = {"probabilities": "categorical_crossentropy", "activations": "mse"}
    network.compile(keras.optimizers.AdamW(rate, plan.decay), losses, loss_weights=phase.weights)
    for _ in range(phase.epochs):
        order = oversample(songs.labels, random)[: batches * plan.songs]
        for batch in np.split(order, batches):
            length = int(np.exp(random.uniform(*np.log(phase.lengths))))
            crops, rows, frame = songs.random_crops(batch, plan.crops, length, random)
            activations = lessons.activations[rows, frame * patches // frames].mean(axis=2)
            expected = {"probabilities": targets[batch], "activations": activations}
            network.train_on_batch(crops, expected)


def predict_songs(network: "keras.Model", songs: SongCrops, plan: Plan) -> np.ndarray:
    """Probabilities [song, region], from evenly spaced crops."""
    sizes = plan.test_crops, plan.test_length
    crops = (songs.even_crops(song, *sizes) for song in range(len(songs.names)))
    return np.concatenate([network.predict_on_batch(crop[None])["probabilities"] for crop in crops])
