"""Draws new lines of tokens from a model of notes, token by token.

The decoder's weights are read into numpy, which remembers what each token has looked at: TensorFlow
would take seconds to import, and look at the whole line again for every token.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from musicregion.composition import tokens
from musicregion.composition.transformer import EPSILON, LENGTH, rotary_angles

NUCLEUS = 0.95  # share of the probability that is drawn from: Holtzman et al. 2020
NextToken = Callable[
    [np.ndarray], np.ndarray
]  # a line of tokens to probabilities of the next, [token]


def layer_norm(state: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Layer normalisation of [width]."""
    centred = state - state.mean()
    return centred / np.sqrt((centred**2).mean() + EPSILON) * gain + shift


@dataclass
class CachedTransformer:
    """The decoder as a function of a growing line. weights: in the order of Keras' get_weights."""

    weights: list[np.ndarray]
    heads: int
    line: list[int] = field(default_factory=list)
    keys: np.ndarray | None = None  # [block, head, token, size]
    values: np.ndarray | None = None

    def __call__(self, line: np.ndarray) -> np.ndarray:
        """Probabilities of the next token, [token]; only tokens that are new are looked at."""
        same = self.line == line[: len(self.line)].tolist()
        if not same or not self.line or len(self.line) == len(line):
            self.line = []
        for token in line[len(self.line) :].tolist():
            logits = self._step(token)
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()

    def _step(self, token: int) -> np.ndarray:
        """Take one more token; logits of the next, [token]."""
        embedding, *blocks = self.weights[:-4]
        width, place = embedding.shape[1], len(self.line)
        size, count = width // self.heads, len(blocks) // 10
        if self.keys is None:
            self.keys = np.zeros((count, self.heads, LENGTH, size), "float32")
            self.values = np.zeros_like(self.keys)
        turn = rotary_angles(np.array([place]), size)[0]
        cos, sin = np.cos(turn), np.sin(turn)

        def rotated(part: np.ndarray) -> np.ndarray:
            left, right = np.split(part, 2, axis=-1)
            return np.concatenate([left * cos - right * sin, left * sin + right * cos], axis=-1)

        state = embedding[token]
        for block in range(count):
            gain, shift, mixed, out, gain_2, shift_2, up, bias, down, bias_2 = blocks[
                10 * block : 10 * block + 10
            ]
            query, key, value = (layer_norm(state, gain, shift) @ mixed).reshape(
                3, self.heads, size
            )
            self.keys[block, :, place], self.values[block, :, place] = rotated(key), value
            scores = self.keys[block, :, : place + 1] @ rotated(query)[..., None] / np.sqrt(size)
            weights = np.exp(scores - scores.max(axis=1, keepdims=True))
            weights /= weights.sum(axis=1, keepdims=True)
            seen = (weights * self.values[block, :, : place + 1]).sum(axis=1)  # [head, size]
            state = state + seen.reshape(width) @ out
            thought = np.maximum(layer_norm(state, gain_2, shift_2) @ up + bias, 0)
            state = state + thought @ down + bias_2
        self.line.append(token)
        gain, shift, last, bias = self.weights[-4:]
        return layer_norm(state, gain, shift) @ last + bias


def keep_nucleus(probabilities: np.ndarray) -> np.ndarray:
    """The likeliest tokens that together have the share NUCLEUS, alone; [token]."""
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros_like(probabilities)
    chosen = order[before < NUCLEUS]
    kept[chosen] = probabilities[chosen]
    return kept / kept.sum()


def sample_line(following: NextToken, front: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A new line, int16 [token], that begins with `front` and ends where the model ends it.

    Lines that reach LENGTH end there.
    """
    known = len(tokens.load_tokenizer())
    pad, begin, end = (tokens.load_tokenizer()[name] for name in tokens.MARKS)
    line = front
    while len(line) < LENGTH and line[-1] != end:
        odds = following(line).astype(float)
        odds[[pad, begin]] = odds[known:] = 0  # never within a line
        odds = keep_nucleus(odds / odds.sum())
        line = np.append(line, random.choice(len(odds), p=odds)).astype("int16")
    return line
