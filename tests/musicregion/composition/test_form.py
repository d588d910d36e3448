"""Forms are those of pieces, or what their letters say."""

import numpy as np
import pytest

from musicregion.composition import form, tokens
from musicregion.composition.copied_bars import FARTHEST
from musicregion.composition.form import Form
from musicregion.errors import ConfigError
from tests.musicregion.composition.test_tokens import REGIONS, scale

PITCHES = (60, 62, 64, 65, 67, 69)  # a bar of 4.5 quarter beats


def test_the_form_of_a_piece_says_which_bars_it_repeats():
    other = tuple(pitch + 2 for pitch in PITCHES)
    piece = scale(bar=4.5, pitches=PITCHES + other + PITCHES + other + other)
    found = form.form_of(tokens.encode(piece, REGIONS))
    assert found.lags == (0, 0, 2, 2, 1)
    assert [found.source(bar) for bar in range(5)] == [0, 1, 0, 1, 1]


@pytest.mark.parametrize("text", ["", "aabb", "A-B", "'A", "A''", "A" * 13])
def test_what_is_no_form_is_an_error(text):
    with pytest.raises(ConfigError, match="AABB"):
        form.parse_letters(text)


def letters_of(made, bars):
    """A letter for each section, by the new bars that its bars repeat."""
    sources = [made.source(bar) for bar in range(len(made.lags))]
    sections = [tuple(sources[start : start + bars]) for start in range(0, len(sources), bars)]
    return "".join("ABCDEFGHIJKL"[sorted(set(sections)).index(section)] for section in sections)


@pytest.mark.parametrize("text", ["AABB", "ABAC", "ABA", "AABBCC"])
def test_letters_that_come_again_are_the_same_section(text):
    like = Form(0, (0,) * 8 * len(text))
    made = form.form_from_letters(form.parse_letters(text), like, np.random.default_rng(1))
    assert letters_of(made, 8) == text


def test_a_varied_section_has_new_endings():
    like = Form(0, (0,) * 32)
    letters = form.parse_letters("AA'BA'")
    made = form.form_from_letters(letters, like, np.random.default_rng(1)).lags
    assert made[8:16] == (8, 8, 8, 0, 8, 8, 8, 0)
    assert made[16:24] == (0,) * 8
    assert made[24:] == (16,) * 8  # the varied section once more


def test_sections_have_repeats_of_their_own():
    like = Form(0, (0, 0, 2, 2, 0, 0, 6, 2))
    made = {
        form.form_from_letters(["A", "B"], like, np.random.default_rng(seed)).lags[:4]
        for seed in range(20)
    }
    assert made == {(0, 0, 2, 2), (0, 0, 0, 2)}


def test_no_section_is_too_far_back():
    like = Form(0, (0,) * 150)
    for text in ("ABCDEFGHIJKA", "AABBA"):
        made = form.form_from_letters(form.parse_letters(text), like, np.random.default_rng(1))
        assert max(made.lags) <= FARTHEST
        assert letters_of(made, len(made.lags) // len(text))[-1] == "A"
