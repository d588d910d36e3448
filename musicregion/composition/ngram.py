"""An n-gram model of tokens, the baseline of the transformer.

Which earlier tokens it looks at depends on what comes next, nearest first (multiple viewpoints:
Conklin and Witten 1995). Contexts are interpolated by absolute discounting (Ney, Essen and Kneser
1994).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from musicregion.composition import tokens
from musicregion.composition.vocabulary import first_copy_token, load_tokenizer, music_size

# from every count, given to the shorter context; the best of 0.5, 0.75 and 0.9 in validation
DISCOUNT = 0.9
# by the kind of the last token: the kinds that matter for the next one, and how far back they are
VIEWPOINTS: dict[str, tuple[tuple[str, int], ...]] = {
    "BOS": (),
    "Bar": (("TimeSig", 1), ("TimeSig", 2), ("TimeSig", 3), ("TimeSig", 4)),
    "Copy": (("TimeSig", 1), ("TimeSig", 2)),
    "TimeSig": (("TimeSig", 1), ("Position", 1), ("Duration", 1)),
    "Position": (("Pitch", 1), ("Pitch", 2), ("Position", 1), ("Pitch", 3)),
    "Pitch": (("Position", 1), ("Duration", 1), ("Duration", 2), ("Duration", 3)),
    "Duration": (("Duration", 1), ("Position", 1), ("TimeSig", 1), ("Position", 2)),
}


@cache
def token_kinds() -> list[str]:
    """The kind of each token by id: its name up to the underscore."""
    by_id = sorted(load_tokenizer().vocab.items(), key=lambda item: item[1])
    kinds = [name.partition("_")[0] for name, _ in by_id]
    return kinds + ["Copy"] * (music_size() - first_copy_token())


def token_contexts(sequence: np.ndarray) -> list[tuple]:
    """The context of each next token, nearest token first: one after the prefix, and one after
    each token that follows it."""
    history: dict[str, list[int]] = defaultdict(list)
    contexts = []
    for token in sequence[tokens.PREFIX - 1 :].tolist():
        kind = token_kinds()[token]
        history["TimeSig" if kind == "Copy" else kind].append(token)  # each is a bar's second
        earlier = [
            history[name][-back] if len(history[name]) >= back else -1
            for name, back in VIEWPOINTS.get(kind, ())
        ]
        contexts.append((kind, *earlier))
    return contexts


def context_chain(context: tuple, region: int) -> Iterator[tuple]:
    """A context from its shortest form, which says least, to its longest."""
    yield region, context[0]
    for length in range(1, len(context) + 1):
        yield context[:length]


@dataclass
class Ngram:
    """An n-gram model. vocabulary: number of tokens. followers: next tokens' counts by context."""

    vocabulary: int
    followers: dict[tuple, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def learn(self, sequence: np.ndarray) -> None:
        """Count the tokens of a piece."""
        for context, token in zip(
            token_contexts(sequence)[:-1], sequence[tokens.PREFIX :], strict=True
        ):
            for form in context_chain(context, int(sequence[0])):
                self.followers[form][int(token)] += 1

    def probabilities(self, sequence: np.ndarray, context: tuple | None = None) -> np.ndarray:
        """Probabilities of the next token, [token].

        sequence: the tokens so far, the prefix included. context: the last of token_contexts, if
        it is at hand.
        """
        result = np.full(self.vocabulary, 1 / self.vocabulary)
        for form in context_chain(context or token_contexts(sequence)[-1], int(sequence[0])):
            counts = self.followers.get(form)
            if counts:
                total = counts.total()
                result *= DISCOUNT * len(counts) / total
                result[list(counts)] += (np.array(list(counts.values())) - DISCOUNT) / total
        return result

    def negative_log_likelihood(self, sequence: np.ndarray) -> float:
        """Nats of a piece, given its prefix."""
        return -sum(
            np.log(self.probabilities(sequence, context)[token])
            for context, token in zip(
                token_contexts(sequence)[:-1], sequence[tokens.PREFIX :], strict=True
            )
        )
