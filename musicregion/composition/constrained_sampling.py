"""Samples a piece of a given form, bar by bar, which ends on its tonic.

What a model of notes has not learned is asked of it: bars that come again are copied, and the bar
that the piece ends with is sampled until its last note is right.
"""

import numpy as np

from musicregion.composition.form import Form
from musicregion.composition.sampling import NextToken, keep_nucleus
from musicregion.composition.tokens import MIN_NOTES, decode
from musicregion.composition.transformer import LENGTH
from musicregion.composition.vocabulary import (
    LOWEST,
    first_copy_token,
    is_pitch,
    load_tokenizer,
    lowest_pitch_token,
)
from musicregion.errors import ModelError

TRIES = 64  # at the last bar
MAX_SAMPLES = 20  # sequences for a piece, until one has MIN_NOTES


def never_inside_a_bar(end: int) -> np.ndarray:
    """Which of miditok's tokens are not in a bar that the token `end` follows, bool [token]."""
    kinds = [name.partition("_")[0] for name in load_tokenizer().vocab]
    never = np.isin(kinds, ("PAD", "BOS", "EOS", "Bar", "TimeSig"))
    never[end] = False
    return never


def sample_bar(
    next_token: NextToken, sequence: np.ndarray, end: int, random: np.random.Generator
) -> np.ndarray:
    """Sample the rest of a bar, int16 [token], up to the token `end`, which is not included."""
    never = never_inside_a_bar(end)
    start = len(sequence)
    while len(sequence) < LENGTH:
        odds = next_token(sequence).astype(float)
        odds[: len(never)][never] = odds[len(never) :] = 0
        if not odds.sum():  # too unlikely for a float32: the model is sure of the end
            break
        token = random.choice(len(odds), p=keep_nucleus(odds / odds.sum()))
        if token == end:
            break
        sequence = np.append(sequence, token).astype("int16")
    return sequence[start:]


def ends_on_tonic(bar: np.ndarray) -> bool:
    """Whether the last note of a bar is the tonic."""
    pitches = bar[is_pitch(bar)] - lowest_pitch_token() + LOWEST
    return len(pitches) > 0 and int(pitches[-1]) % 12 == 0


def sample_form(
    next_token: NextToken, prefix: np.ndarray, form: Form, random: np.random.Generator
) -> np.ndarray:
    """Sample a sequence of a form, int16 [token]. Bars after LENGTH tokens have no new notes.

    The piece ends on its tonic if one of TRIES at its last bar does.
    """
    bar_token, end = load_tokenizer()["Bar_None"], load_tokenizer()["EOS_None"]
    last = len(form.lags) - 1
    sequence = prefix
    for number, lag in enumerate(form.lags):
        if lag:
            bar = np.array([bar_token, first_copy_token() + lag - 1])
            sequence = np.append(sequence, bar).astype("int16")
            continue
        sequence = np.append(sequence, [bar_token, form.meter]).astype("int16")
        for _ in range(TRIES):
            bar = sample_bar(next_token, sequence, end if number == last else bar_token, random)
            if number != form.source(last) or ends_on_tonic(bar):
                break
        sequence = np.append(sequence, bar)
    return sequence


def sample_piece(
    next_token: NextToken, prefix: np.ndarray, form: Form, random: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Sample a piece, notes [note, (start, length, pitch)] and bar, until one has MIN_NOTES notes.

    Both in quarter beats. Of MAX_SAMPLES shorter ones the longest.

    Raises:
        ModelError: the model writes no notes.
    """
    longest = np.zeros((0, 3)), 4.0
    for _ in range(MAX_SAMPLES):
        notes, bar = decode(sample_form(next_token, prefix, form, random))
        if len(notes) > len(longest[0]):
            longest = notes, bar
        if len(longest[0]) >= MIN_NOTES:
            break
    if not len(longest[0]):
        raise ModelError("The model writes no notes. Train it longer (compose.epochs).")
    return longest
