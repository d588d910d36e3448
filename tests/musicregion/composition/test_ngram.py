"""The baseline returns probabilities, and finds its training pieces likely."""

import numpy as np
import pytest

from musicregion.composition import tokens, vocabulary
from musicregion.composition.ngram import Ngram, token_contexts
from tests.musicregion.composition.test_tokens import REGIONS, scale

SIZE = len(vocabulary.token_ids(REGIONS))
UP, DOWN = (60, 62, 64, 65, 67, 69, 71, 72), (72, 71, 69, 67, 65, 64, 62, 60)


def trained_on(*pieces):
    model = Ngram(SIZE)
    for piece in pieces:
        model.learn(tokens.encode(piece, REGIONS))
    return model


def test_every_next_token_has_a_probability_and_they_sum_to_one():
    model = trained_on(scale(), scale("Hills", pitches=DOWN))
    for piece in (scale(), scale("Hills"), scale(bar=4.0, pitches=(40, 90, 41, 89))):
        sequence = tokens.encode(piece, REGIONS)
        for end in range(tokens.PREFIX, len(sequence)):
            odds = model.probabilities(sequence[:end])
            assert odds.sum() == pytest.approx(1)
            assert (odds > 0).all()


def test_a_training_piece_is_likelier_than_a_new_one():
    model = trained_on(scale(pitches=UP))
    sequence = tokens.encode(scale(pitches=UP), REGIONS)
    new = tokens.encode(scale(pitches=(60, 71, 63, 70, 61, 72, 62, 69)), REGIONS)
    half = model.negative_log_likelihood(new) / 2
    assert model.negative_log_likelihood(sequence) < half


def test_the_likelihood_of_a_piece_is_that_of_its_tokens_in_turn():
    model = trained_on(scale())
    sequence = tokens.encode(scale(pitches=DOWN), REGIONS)
    each = [
        -np.log(model.probabilities(sequence[:end])[sequence[end]])
        for end in range(tokens.PREFIX, len(sequence))
    ]
    assert model.negative_log_likelihood(sequence) == pytest.approx(sum(each))
    assert len(token_contexts(sequence)) == len(sequence) - tokens.PREFIX + 1
