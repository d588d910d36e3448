"""The transformer in NumPy, with a cache of keys and values: how it was sampled before ONNX."""

from dataclasses import dataclass, field

import numpy as np

from musicregion.composition.decoder_graph import BLOCK_WEIGHTS
from musicregion.composition.transformer import EPSILON, LENGTH, rotary_angles


def layer_norm(state: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Layer normalisation of [width]."""
    centred = state - state.mean()
    return centred / np.sqrt((centred**2).mean() + EPSILON) * scale + offset


@dataclass
class NumpyDecoder:
    """The transformer as a function of a sequence that grows by one token at a time.

    weights: in the order of Keras's get_weights.
    """

    weights: list[np.ndarray]
    heads: int
    length: int = 0  # tokens in the cache
    keys: np.ndarray = field(init=False)  # [block, head, token, size]
    values: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        embedding, *blocks = self.weights[:-4]
        size = embedding.shape[1] // self.heads
        shape = len(blocks) // BLOCK_WEIGHTS, self.heads, LENGTH, size
        self.keys, self.values = np.zeros(shape, "float32"), np.zeros(shape, "float32")

    def __call__(self, sequence: np.ndarray) -> np.ndarray:
        """Probabilities of the next token, [token]. The sequence begins with the last call's."""
        for token in sequence[self.length :].tolist():
            logits = self._step(token)
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()

    def _step(self, token: int) -> np.ndarray:
        """Append a token to the cache; returns the logits of the next, [token]."""
        embedding, *blocks = self.weights[:-4]
        size, width = self.keys.shape[-1], embedding.shape[1]
        angles = rotary_angles(np.array([self.length]), size)[0]
        cos, sin = np.cos(angles), np.sin(angles)

        def rotate(vectors: np.ndarray) -> np.ndarray:
            left, right = np.split(vectors, 2, axis=-1)
            return np.concatenate([left * cos - right * sin, left * sin + right * cos], axis=-1)

        state = embedding[token]
        for block, (keys, values) in enumerate(zip(self.keys, self.values, strict=True)):
            start = BLOCK_WEIGHTS * block
            scale, offset, *projections, project_out = blocks[start : start + 6]
            scale_2, offset_2, widen, bias, narrow, bias_2 = blocks[start + 6 : start + 12]
            normed = layer_norm(state, scale, offset)
            query, key, value = (
                (normed @ kernel.reshape(width, width)).reshape(self.heads, size)
                for kernel in projections
            )
            keys[:, self.length], values[:, self.length] = rotate(key), value
            seen = slice(self.length + 1)
            scores = keys[:, seen] @ rotate(query)[..., None] / np.sqrt(size)
            attention = np.exp(scores - scores.max(axis=1, keepdims=True))
            attention /= attention.sum(axis=1, keepdims=True)
            attended = (attention * values[:, seen]).sum(axis=1)  # [head, size]
            state = state + attended.reshape(-1) @ project_out.reshape(width, width)
            hidden = np.maximum(layer_norm(state, scale_2, offset_2) @ widen + bias, 0)
            state = state + hidden @ narrow + bias_2
        self.length += 1
        scale, offset, project, bias = self.weights[-4:]
        return layer_norm(state, scale, offset) @ project + bias
