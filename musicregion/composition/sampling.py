"""Samples new sequences of tokens from a model, token by token."""

from collections.abc import Callable

import numpy as np

from musicregion.composition.transformer import LENGTH
from musicregion.composition.vocabulary import SPECIAL_TOKENS, load_tokenizer, music_size

NUCLEUS = 0.99  # share of the probability to sample from: Holtzman et al. 2020
NextToken = Callable[[np.ndarray], np.ndarray]  # a sequence to probabilities of the next, [token]


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
