"""Feeds a network with batches that are read while it trains, so that features stay on the disk."""

import math
from typing import TYPE_CHECKING

import numpy as np

from musicregion.dataset.dataset import Dataset

if TYPE_CHECKING:
    import tensorflow as tf

READ_AHEAD = 2  # batches


def make_batches(data: Dataset, rows: np.ndarray, size: int, shuffled: bool) -> "tf.data.Dataset":
    """Batches of features [segment, time, channel] and labels [segment] of some rows of `data`.

    One pass over it is an epoch.

    Args:
        data: the segments, with one kind of features.
        rows: int [n]; what is there twice is read twice.
        size: of a batch, segments.
        shuffled: whether the order is random, by TensorFlow's global seed. It is the order in which
            Keras shuffles arrays, the same in every epoch.
    """
    import tensorflow as tf

    def draw_order(_: "tf.Tensor") -> "tf.Tensor":
        order = tf.range(len(rows), dtype=tf.int64)
        return tf.random.shuffle(order) if shuffled else order

    def read(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        batch = rows[positions]
        return np.asarray(data.array[batch], "float32"), data.labels[batch].astype("int64")

    def read_batch(positions: "tf.Tensor") -> "tuple[tf.Tensor, tf.Tensor]":
        types = tf.float32, tf.int64
        features, labels = tf.numpy_function(read, [positions], types, stateful=False)
        features.set_shape((None, *data.array.shape[1:]))
        labels.set_shape((None,))
        return features, labels

    order = tf.data.Dataset.range(1).map(draw_order).unbatch()
    count = tf.data.experimental.assert_cardinality(math.ceil(len(rows) / size))
    return order.batch(size).map(read_batch).apply(count).prefetch(READ_AHEAD)
