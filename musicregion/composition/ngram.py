"""The baseline of every model of notes: the next token by how often it came after the last few.

Which earlier tokens count depends on what comes next, nearest first (multiple viewpoints: Conklin
and Witten 1995). Contexts are interpolated by absolute discounting (Ney, Essen and Kneser 1994).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from musicregion.composition import tokens

DISCOUNT = 0.9  # of every count, for the shorter context; of 0.5, 0.75, 0.9 the best in validation
# by the kind of the last token: kinds that matter for the next one, and how far back they are
VIEWPOINTS = {
    "BOS": (),
    "Bar": (("TimeSig", 1),),
    "TimeSig": (("TimeSig", 1), ("Position", 1), ("Duration", 1)),
    "Position": (("Pitch", 1), ("Pitch", 2), ("Position", 1), ("Pitch", 3)),
    "Pitch": (("Position", 1), ("Duration", 1), ("Duration", 2), ("Duration", 3)),
    "Duration": (("Duration", 1), ("Position", 1), ("TimeSig", 1), ("Position", 2)),
}


@cache
def token_kinds() -> list[str]:
    """The kind of each token, up to the underscore of its name."""
    known = sorted(tokens.load_tokenizer().vocab.items(), key=lambda item: item[1])
    return [name.partition("_")[0] for name, _ in known]


def token_contexts(line: np.ndarray) -> list[tuple]:
    """What each next token may depend on, nearest first: of the token that follows each of the
    line's after its front."""
    seen: dict[str, list[int]] = defaultdict(list)
    found = []
    for token in line[tokens.FRONT - 1 :].tolist():
        kind = token_kinds()[token]
        seen[kind].append(token)
        back = VIEWPOINTS.get(kind, ())
        earlier = [seen[name][-far] if len(seen[name]) >= far else -1 for name, far in back]
        found.append((kind, *earlier))
    return found


def context_chain(context: tuple, region: int) -> Iterator[tuple]:
    """A context from its shortest form, which says least, to its longest."""
    yield region, context[0]
    for length in range(1, len(context) + 1):
        yield context[:length]


@dataclass
class Ngram:
    """vocabulary: number of tokens."""

    vocabulary: int
    followers: dict[tuple, Counter] = field(default_factory=lambda: defaultdict(Counter))

    def learn(self, line: np.ndarray) -> None:
        """Count a piece, its pitches in every key."""
        for semitones in tokens.SHIFTS:
            moved = tokens.transpose(line, semitones)
            for context, token in zip(
                token_contexts(moved)[:-1], moved[tokens.FRONT :], strict=True
            ):
                # what has no pitch in it is the same in all keys, and counts once
                if semitones == 0 or context[0] == "Position":
                    for known in context_chain(context, int(line[0])):
                        self.followers[known][int(token)] += 1

    def probabilities(self, line: np.ndarray, context: tuple | None = None) -> np.ndarray:
        """Of each next token after `line`, which has its front, [token]."""
        found = np.full(self.vocabulary, 1 / self.vocabulary)
        for known in context_chain(context or token_contexts(line)[-1], int(line[0])):
            seen = self.followers.get(known)
            if seen:
                total = seen.total()
                found *= DISCOUNT * len(seen) / total
                found[list(seen)] += (np.array(list(seen.values())) - DISCOUNT) / total
        return found

    def surprise(self, line: np.ndarray) -> float:
        """Nats of a piece, given its front."""
        return -sum(
            np.log(self.probabilities(line, context)[token])
            for context, token in zip(token_contexts(line)[:-1], line[tokens.FRONT :], strict=True)
        )
