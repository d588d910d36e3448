"""The network of compose: a small transformer decoder of note tokens.

Vaswani et al. 2017, with the norm before each block (Xiong et al. 2020) and rotary positions (Su et
al. 2021), so that what counts is how far apart two tokens are.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

    from musicregion.config.sections import Compose


LENGTH = 512  # tokens of a piece that are learned
EPSILON = 1e-5  # of layer normalisation
TURN = 10_000.0  # of the slowest rotation, tokens


def rotary_angles(places: np.ndarray, width: int) -> np.ndarray:
    """Of the rotations of a head of some width at some places, [place, width / 2]."""
    speeds = TURN ** (-np.arange(width // 2) / (width // 2))
    return (places[:, None] * speeds).astype("float32")


def _attention(width: int, heads: int, name: str) -> "keras.layers.Layer":
    import keras
    from keras import ops

    size = width // heads
    turn = rotary_angles(np.arange(LENGTH), size)  # [token, size / 2]

    class Attention(keras.layers.Layer):
        """Each token looks at those before it. [piece, token, width] in and out."""

        def build(self, shape: tuple) -> None:
            self.mixed = keras.layers.Dense(3 * width, use_bias=False)
            self.out = keras.layers.Dense(width, use_bias=False)
            self.mixed.build(shape)
            self.out.build(shape)

        def call(self, given):  # noqa: ANN001, ANN202
            length = ops.shape(given)[1]
            cos, sin = (
                ops.cast(wave, given.dtype)[:length, None]
                for wave in (ops.cos(turn), ops.sin(turn))
            )

            def rotated(part):  # noqa: ANN001, ANN202
                left, right = ops.split(part, 2, axis=-1)
                return ops.concatenate(
                    [left * cos - right * sin, left * sin + right * cos], axis=-1
                )

            parts = ops.reshape(self.mixed(given), (-1, length, 3, heads, size))
            query, key, value = (parts[:, :, place] for place in range(3))
            found = ops.dot_product_attention(rotated(query), rotated(key), value, is_causal=True)
            return self.out(ops.reshape(found, (-1, length, width)))

    return Attention(name=name)


def build_transformer(vocabulary: int, settings: "Compose") -> "keras.Model":
    """Tokens, int [piece, token], to logits of each next token, [piece, token, token kind]."""
    import keras
    from keras import layers

    width = settings.width
    given = keras.Input((None,), dtype="int32")
    state = layers.Embedding(vocabulary, width)(given)
    state = layers.Dropout(settings.dropout)(state)
    for block in range(settings.blocks):
        seen = layers.LayerNormalization(epsilon=EPSILON)(state)
        seen = _attention(width, settings.heads, f"attention_{block}")(seen)
        state = layers.Add()([state, layers.Dropout(settings.dropout)(seen)])
        thought = layers.LayerNormalization(epsilon=EPSILON)(state)
        thought = layers.Dense(4 * width, "relu")(thought)
        thought = layers.Dense(width)(thought)
        state = layers.Add()([state, layers.Dropout(settings.dropout)(thought)])
    state = layers.LayerNormalization(epsilon=EPSILON)(state)
    return keras.Model(given, layers.Dense(vocabulary)(state))
