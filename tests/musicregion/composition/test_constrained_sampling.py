"""A piece has the form that it is asked for, and ends on its tonic."""

import numpy as np
import pytest

from musicregion.composition import constrained_sampling, tokens, vocabulary
from musicregion.composition.form import Form, form_of
from musicregion.errors import ModelError
from tests.musicregion.composition.test_tokens import REGIONS, scale

SIZE = len(vocabulary.token_ids(REGIONS))
PREFIX = tokens.encode(scale(), REGIONS)[: tokens.PREFIX]
METER = vocabulary.load_tokenizer()["TimeSig_4/4"]


def quarters(sequence):
    """A model of quarter notes on any pitch from C4 to B4. It would end or copy at any time."""
    ids = vocabulary.load_tokenizer()
    odds = np.zeros(SIZE)
    kind = constrained_sampling.load_tokenizer()[int(sequence[-1])].partition("_")[0]
    onsets = [name for name in ids.vocab if name.startswith("Position_")][:48:12]
    if kind == "Position":
        odds[[ids[f"Pitch_{pitch}"] for pitch in range(60, 72)]] = 1
    elif kind == "Pitch":
        odds[ids["Duration_1.0.12"]] = 1
    else:
        written = sequence[::-1].tolist().index(METER) // 3  # notes of the bar
        odds[ids[onsets[written]] if written < 4 else ids["Bar_None"]] = 0.5
        odds[ids["EOS_None"]] = odds[vocabulary.first_copy_token()] = odds[METER] = 0.2
    return odds / odds.sum()


def test_a_sampled_piece_has_the_form_and_ends_on_its_tonic():
    form = Form(METER, (0, 0, 2, 2, 0, 4))
    for seed in range(10):
        random = np.random.default_rng(seed)
        sequence = constrained_sampling.sample_form(quarters, PREFIX, form, random)
        assert form_of(sequence).lags == form.lags
        notes, bar = tokens.decode(sequence)
        assert bar == 4.0
        assert len(notes) == 4 * 6
        assert notes[-1, 2] % 12 == 0
        np.testing.assert_array_equal(notes[:8, 2], notes[8:16, 2])
        again = constrained_sampling.sample_form(
            quarters, PREFIX, form, np.random.default_rng(seed)
        )
        np.testing.assert_array_equal(sequence, again)


def silent(sequence):
    """A model of bars without notes."""
    odds = np.zeros(SIZE)
    odds[[vocabulary.load_tokenizer()[name] for name in ("Bar_None", "EOS_None")]] = 0.5
    return odds


def test_a_short_piece_is_better_than_none_and_none_is_an_error():
    form, random = Form(METER, (0,)), np.random.default_rng(0)
    notes, bar = constrained_sampling.sample_piece(quarters, PREFIX, form, random)
    assert (len(notes), bar) == (4, 4.0)  # fewer than MIN_NOTES
    with pytest.raises(ModelError, match="no notes"):
        constrained_sampling.sample_piece(silent, PREFIX, form, random)
