"""The baseline's probabilities are probabilities, and it learns what it was shown."""

import numpy as np
import pytest

from musicregion.composition import tokens
from musicregion.composition.ngram import Ngram, token_contexts
from tests.musicregion.composition.test_tokens import REGIONS, scale

SIZE = len(tokens.vocabulary(REGIONS))
UP, DOWN = (60, 62, 64, 65, 67, 69, 71, 72), (72, 71, 69, 67, 65, 64, 62, 60)


def taught(*pieces):
    model = Ngram(SIZE)
    for piece in pieces:
        model.learn(tokens.encode(piece, REGIONS))
    return model


def test_every_next_token_has_a_probability_and_they_sum_to_one():
    model = taught(scale(), scale("Hills", pitches=DOWN))
    for piece in (scale(), scale("Hills"), scale(bar=4.0, pitches=(40, 90, 41, 89))):
        line = tokens.encode(piece, REGIONS)
        for place in range(tokens.FRONT, len(line)):
            odds = model.probabilities(line[:place])
            assert odds.sum() == pytest.approx(1)
            assert (odds > 0).all()


def test_what_was_learned_surprises_less_also_in_another_key():
    model = taught(scale(pitches=UP))
    line = tokens.encode(scale(pitches=UP), REGIONS)
    new = tokens.encode(scale(pitches=(60, 71, 63, 70, 61, 72, 62, 69)), REGIONS)
    assert model.surprise(line) < model.surprise(new) / 2
    assert model.surprise(tokens.transpose(line, 4)) < model.surprise(new) / 2


def test_surprise_is_that_of_the_tokens_one_after_the_other():
    model = taught(scale())
    line = tokens.encode(scale(pitches=DOWN), REGIONS)
    each = [
        -np.log(model.probabilities(line[:place])[line[place]])
        for place in range(tokens.FRONT, len(line))
    ]
    assert model.surprise(line) == pytest.approx(sum(each))
    assert len(token_contexts(line)) == len(line) - tokens.FRONT + 1
