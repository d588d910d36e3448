"""The form of a piece: which bars come again, taken from a training piece or from letters as AABB.

A plan that is written before the notes: MELONS (Y. Zou et al., 2022) and MusicFrameworks (S. Dai
et al., 2021) do so with networks; here the region's own pieces are the plans.
"""

import re
from dataclasses import dataclass

import numpy as np

from musicregion.composition.copied_bars import FARTHEST, split_bars
from musicregion.composition.vocabulary import first_copy_token, load_tokenizer
from musicregion.errors import ConfigError

SECTIONS = 2, 4, 8, 16  # bars
VARIED = 4  # the last bar of so many is new where a section comes again varied
LONGEST_FORM = 12  # letters


@dataclass(frozen=True)
class Form:
    """meter: the token of the time signature. lags: of each bar, how many bars back the bar is that
    it repeats; 0: it is new."""

    meter: int
    lags: tuple[int, ...]

    def source(self, bar: int) -> int:
        """The new bar that a bar repeats, or itself."""
        while self.lags[bar]:
            bar -= self.lags[bar]
        return bar


def form_of(sequence: np.ndarray) -> Form:
    """The form of an encoded piece."""
    bars = split_bars(sequence.tolist(), load_tokenizer()["Bar_None"])
    lags = [contents[0] - first_copy_token() + 1 if contents else 0 for contents in bars]
    return Form(bars[0][0], tuple(lag if 1 <= lag <= FARTHEST else 0 for lag in lags))


def parse_letters(text: str) -> list[str]:
    """The sections of a form such as AABB or AA'BA': a letter, with ' where it is varied.

    Raises:
        ConfigError: it is no form.
    """
    letters = re.findall(r"[A-Z]'?", text)
    if "".join(letters) != text or not 1 <= len(letters) <= LONGEST_FORM:
        raise ConfigError(
            f"The form {text!r} is not 1 to {LONGEST_FORM} letters from A to Z, each with ' where "
            "the section is varied, such as AABB or AA'BA'."
        )
    return letters


def section_lags(form: Form, bars: int, random: np.random.Generator) -> list[int]:
    """The lags of a section of `bars` bars, whose bars repeat only bars of the section.

    They are those of a random section of a form, or 0 beyond its end.
    """
    start = bars * int(random.integers(max(1, len(form.lags) // bars)))
    lags = [lag if lag <= bar else 0 for bar, lag in enumerate(form.lags[start : start + bars])]
    return lags + [0] * (bars - len(lags))


def sections_back(letters: list[str]) -> list[int]:
    """How many sections back the one is that each repeats, varied or not; 0: it is new."""
    last: dict[str, int] = {}
    back = []
    for number, letter in enumerate(letters):
        earlier = last.get(letter, last.get(letter[0]))
        back.append(0 if earlier is None else number - earlier)
        last[letter] = number
    return back


def form_from_letters(letters: list[str], like: Form, random: np.random.Generator) -> Form:
    """A form of sections, about as long as the form `like`, whose sections have its repeats.

    A letter that was there before is the same section again. One with ' is the section of the
    letter without, with new endings.
    """
    back = sections_back(letters)
    sizes = [size for size in SECTIONS if size * max(back) <= FARTHEST]
    bars = min(sizes, key=lambda size: abs(size * len(letters) - len(like.lags)))
    lags: list[int] = []
    for number, letter in enumerate(letters):
        if not back[number]:
            lags += section_lags(like, bars, random)
            continue
        varied = letter not in letters[:number]
        for bar in range(1, bars + 1):
            is_ending = bar == bars or bar % VARIED == 0
            lags.append(0 if varied and is_ending else back[number] * bars)
    return Form(like.meter, tuple(lags))
