"""Samples new sequences of tokens from a model, token by token.

The transformer is evaluated in NumPy with a cache of keys and values: TensorFlow takes seconds to
import, and without a cache every token costs a pass over the whole sequence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from musicregion.composition.transformer import EPSILON, LENGTH, rotary_angles
from musicregion.composition.vocabulary import SPECIAL_TOKENS, load_tokenizer, music_size

NUCLEUS = 0.99  # share of the probability to sample from: Holtzman et al. 2020
BLOCK_WEIGHTS = 10  # arrays of each block of the transformer
NextToken = Callable[[np.ndarray], np.ndarray]  # a sequence to probabilities of the next, [token]


def layer_norm(state: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Layer normalisation of [width]."""
    centred = state - state.mean()
    return centred / np.sqrt((centred**2).mean() + EPSILON) * scale + offset


@dataclass
class CachedTransformer:
    """The transformer as a function of a growing sequence.

    weights: in the order of Keras's get_weights.
    """

    weights: list[np.ndarray]
    heads: int
    sequence: list[int] = field(default_factory=list)  # the tokens in the cache
    keys: np.ndarray = field(init=False)  # [block, head, token, size]
    values: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        embedding, *blocks = self.weights[:-4]
        size = embedding.shape[1] // self.heads
        shape = len(blocks) // BLOCK_WEIGHTS, self.heads, LENGTH, size
        self.keys, self.values = np.zeros(shape, "float32"), np.zeros(shape, "float32")

    def __call__(self, sequence: np.ndarray) -> np.ndarray:
        """Probabilities of the next token, [token]; only tokens not in the cache are evaluated."""
        known = np.array(self.sequence[: len(sequence) - 1])
        differs = np.flatnonzero(known != sequence[: len(known)])
        del self.sequence[differs[0] if len(differs) else len(known) :]
        for token in sequence[len(self.sequence) :].tolist():
            logits = self._step(token)
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()

    def _step(self, token: int) -> np.ndarray:
        """Append a token to the cache; returns the logits of the next, [token]."""
        embedding, *blocks = self.weights[:-4]
        position, size = len(self.sequence), self.keys.shape[-1]
        angles = rotary_angles(np.array([position]), size)[0]
        cos, sin = np.cos(angles), np.sin(angles)

        def rotate(vectors: np.ndarray) -> np.ndarray:
            left, right = np.split(vectors, 2, axis=-1)
            return np.concatenate([left * cos - right * sin, left * sin + right * cos], axis=-1)

        state = embedding[token]
        for block, (keys, values) in enumerate(zip(self.keys, self.values, strict=True)):
            start = BLOCK_WEIGHTS * block
            scale, offset, project, project_out, scale_2, offset_2, widen, bias, narrow, bias_2 = (
                blocks[start : start + BLOCK_WEIGHTS]
            )
            projected = layer_norm(state, scale, offset) @ project
            query, key, value = projected.reshape(3, self.heads, size)
            keys[:, position], values[:, position] = rotate(key), value
            scores = keys[:, : position + 1] @ rotate(query)[..., None] / np.sqrt(size)
            attention = np.exp(scores - scores.max(axis=1, keepdims=True))
            attention /= attention.sum(axis=1, keepdims=True)
            attended = (attention * values[:, : position + 1]).sum(axis=1)  # [head, size]
            state = state + attended.reshape(-1) @ project_out
            hidden = np.maximum(layer_norm(state, scale_2, offset_2) @ widen + bias, 0)
            state = state + hidden @ narrow + bias_2
        self.sequence.append(token)
        scale, offset, project, bias = self.weights[-4:]
        return layer_norm(state, scale, offset) @ project + bias


def keep_nucleus(probabilities: np.ndarray) -> np.ndarray:
    """The likeliest tokens that together have the share NUCLEUS, the others set to 0; [token]."""
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    nucleus = np.zeros_like(probabilities)
    likely = order[before < NUCLEUS]
    nucleus[likely] = probabilities[likely]
    return nucleus / nucleus.sum()


def sample_sequence(
    next_token: NextToken, prefix: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Sample a sequence, int16 [token], from `prefix` to an end token, or to LENGTH tokens."""
    size = music_size()
    padding, begin, end = (load_tokenizer()[name] for name in SPECIAL_TOKENS)
    sequence = prefix
    while len(sequence) < LENGTH and sequence[-1] != end:
        odds = next_token(sequence).astype(float)
        odds[[padding, begin]] = odds[size:] = 0  # never after the prefix
        odds = keep_nucleus(odds / odds.sum())
        sequence = np.append(sequence, random.choice(len(odds), p=odds)).astype("int16")
    return sequence
