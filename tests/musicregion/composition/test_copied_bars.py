"""Copied bars are written out as they were."""

import numpy as np
import pytest

from musicregion.composition.copied_bars import FARTHEST, abbreviate, find_copies, write_out

BAR, COPY = 9, 10


def bars(text):
    """A bar of two tokens for each letter; a bar without notes for each dash."""
    return [(1,) if letter == "-" else (1, ord(letter)) for letter in text]


def tokens(text):
    return [token for contents in bars(text) for token in (BAR, *contents)]


@pytest.mark.parametrize(
    ("text", "lags"),
    [
        ("abcd", [0, 0, 0, 0]),
        ("abab", [0, 0, 2, 2]),
        ("aabaab", [0, 1, 0, 3, 3, 3]),  # the longest run, not the nearest bar
        ("abcabd", [0, 0, 0, 3, 3, 0]),
        ("-a-a", [0, 0, 0, 2]),
        ("", []),
    ],
)
def test_copies_are_found(text, lags):
    assert find_copies(bars(text)) == lags


def test_a_bar_too_far_back_is_written_again():
    text = "a" + "".join(chr(1000 + number) for number in range(FARTHEST)) + "a"
    assert find_copies(bars(text))[-1] == 0
    assert find_copies(bars(text[:1] + text[2:]))[-1] == FARTHEST


def test_what_is_abbreviated_is_written_out_again():
    random = np.random.default_rng(1)
    for _ in range(50):
        text = "".join(random.choice(list("abc-"), 40))
        short = abbreviate(tokens(text), BAR, COPY)
        assert len(short) < len(tokens(text))
        assert write_out(short, BAR, COPY) == tokens(text)


def test_nonsense_is_written_out_without_copies():
    assert write_out([BAR, COPY + 3, BAR, 1, COPY, 5], BAR, COPY) == [BAR, BAR, 1, 5]
    doubling = [BAR, 1, 2] + [BAR, COPY, COPY] * 100
    assert len(write_out(doubling, BAR, COPY)) == 3 * 101
