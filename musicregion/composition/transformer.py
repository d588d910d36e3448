"""The network of compose: a small transformer decoder over tokens of notes.

Vaswani et al. 2017, with the norm before each block (Xiong et al. 2020) and rotary positions (Su et
al. 2021), so that only the distance between two tokens counts.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

    from musicregion.config.sections import Compose


LENGTH = 512  # tokens of a piece, at most
EPSILON = 1e-5  # of layer normalisation
PERIOD = 10_000.0  # of the slowest rotation, in tokens / 2π


def rotary_angles(positions: np.ndarray, size: int) -> np.ndarray:
    """Angles by which the vectors of a head are rotated, float32 [position, size / 2].

    positions: of tokens, [position]. size: of a head's vectors.
    """
    speeds = PERIOD ** (-np.arange(size // 2) / (size // 2))
    return (positions[:, None] * speeds).astype("float32")


def _attention(width: int, heads: int, name: str) -> "keras.layers.Layer":
    import keras
    from keras import ops

    size = width // heads
    angles = rotary_angles(np.arange(LENGTH), size)  # [token, size / 2]

    class RotaryAttention(keras.layers.MultiHeadAttention):  # type: ignore[misc]  # no types
        """Keras's attention with rotary positions, which it lacks; the override is its own hook."""

        def _compute_attention(
            self,
            query: "keras.KerasTensor",
            key: "keras.KerasTensor",
            *others: Any,  # noqa: ANN401  passed on
            **options: Any,  # noqa: ANN401
        ) -> "tuple[keras.KerasTensor, keras.KerasTensor | None]":
            return super()._compute_attention(rotate(query), rotate(key), *others, **options)

    def rotate(vectors: "keras.KerasTensor") -> "keras.KerasTensor":
        """Vectors [piece, token, head, size], turned by the angles of their positions."""
        length = ops.shape(vectors)[1]
        cos, sin = (wave[:length, None] for wave in (ops.cos(angles), ops.sin(angles)))
        left, right = ops.split(vectors, 2, axis=-1)
        return ops.concatenate([left * cos - right * sin, left * sin + right * cos], axis=-1)

    return RotaryAttention(heads, size, use_bias=False, name=name)


def build_transformer(vocabulary: int, settings: "Compose") -> "keras.Model":
    """A network from token ids, int [piece, token], to logits of each next token, [piece, token,
    vocabulary]."""
    import keras
    from keras import layers

    width = settings.width
    ids = keras.Input((None,), dtype="int32")
    state = layers.Embedding(vocabulary, width)(ids)
    state = layers.Dropout(settings.dropout)(state)
    for block in range(settings.blocks):
        attended = layers.LayerNormalization(epsilon=EPSILON)(state)
        attention = _attention(width, settings.heads, f"attention_{block}")
        attended = attention(attended, attended, use_causal_mask=True)
        state = layers.Add()([state, layers.Dropout(settings.dropout)(attended)])
        hidden = layers.LayerNormalization(epsilon=EPSILON)(state)
        hidden = layers.Dense(4 * width, "relu")(hidden)
        hidden = layers.Dense(width)(hidden)
        state = layers.Add()([state, layers.Dropout(settings.dropout)(hidden)])
    state = layers.LayerNormalization(epsilon=EPSILON)(state)
    return keras.Model(ids, layers.Dense(vocabulary)(state))
