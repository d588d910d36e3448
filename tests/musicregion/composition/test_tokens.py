"""Encoded music decodes to the same music."""

import numpy as np
import pytest

from musicregion.composition import tokens, vocabulary
from musicregion.composition.tokens import Piece

REGIONS = ["Coast", "Hills"]
UP = (60, 62, 64, 65, 67, 69, 71, 72)


def scale(region="Coast", bar=3.0, tempo=100.0, pitches=UP, tonic=0):
    """A scale in eighths and quarters."""
    lengths = np.resize([0.5, 1.0], len(pitches))
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return Piece("song", region, np.stack([starts, lengths, pitches], 1), bar, tempo, tonic)


@pytest.mark.parametrize("bar", vocabulary.METERS)
def test_notes_and_bar_survive_encoding(bar):
    piece = scale(bar=bar)
    notes, decoded_bar = tokens.decode(tokens.encode(piece, REGIONS))
    np.testing.assert_allclose(notes, piece.notes, atol=1e-6)
    assert decoded_bar == bar


def test_chords_survive_encoding():
    notes = np.array([[0, 1, 48], [0, 1, 60], [0, 1, 64], [1, 0.5, 67], [1, 2, 50]], float)
    piece = Piece("song", "Hills", notes, 4.0, 90, 0)
    decoded, _ = tokens.decode(tokens.encode(piece, REGIONS))
    order = np.lexsort((notes[:, 1], notes[:, 2], notes[:, 0]))
    decoded_order = np.lexsort((decoded[:, 1], decoded[:, 2], decoded[:, 0]))
    np.testing.assert_allclose(decoded[decoded_order], notes[order])


def test_region_tempo_and_length_are_the_prefix():
    short, other = tokens.encode(scale(), REGIONS), tokens.encode(scale("Hills"), REGIONS)
    assert short[0] != other[0]
    assert (short[1:] == other[1:]).all()
    slow = tokens.encode(scale(tempo=40), REGIONS)
    assert np.flatnonzero(short != slow).tolist() == [1]
    long = tokens.encode(scale(pitches=[60] * 60), REGIONS)
    assert long[2] != short[2]


def test_a_bar_that_comes_again_is_one_token():
    pitches = (60, 62, 64, 65, 67, 69)  # a bar of 4.5 quarter beats
    piece, written = scale(bar=4.5, pitches=pitches * 4), scale(bar=4.5, pitches=pitches)
    sequence, once = tokens.encode(piece, REGIONS), tokens.encode(written, REGIONS)
    assert len(sequence) == len(once) + 3 * 2  # a bar and a copy
    assert (tokens.write_out(sequence) == np.tile(tokens.write_out(once), 4)).all()
    notes, _ = tokens.decode(sequence)
    np.testing.assert_allclose(notes, piece.notes, atol=1e-6)


@pytest.mark.parametrize("semitones", range(-6, 6))
def test_the_same_music_in_another_key_is_the_same_sequence(semitones):
    moved = scale(pitches=[pitch + semitones for pitch in UP], tonic=semitones % 12)
    sequence = tokens.encode(scale(), REGIONS)
    assert (tokens.encode(moved, REGIONS) == sequence).all()
    notes, _ = tokens.decode(sequence)
    assert (notes[:, 2] + tokens.key_shift(moved.tonic) == moved.notes[:, 2]).all()


def test_pitches_without_a_token_are_left_out():
    highest = vocabulary.HIGHEST
    notes, _ = tokens.decode(tokens.encode(scale(pitches=(60, highest, highest + 2)), REGIONS))
    assert notes[:, 2].tolist() == [60, highest]


def test_nonsense_can_be_decoded():
    """A badly trained model must not end the program."""
    random = np.random.default_rng(0)
    for _ in range(20):
        sequence = random.integers(0, len(vocabulary.token_ids(REGIONS)), 60).astype("int16")
        notes, bar = tokens.decode(sequence)
        assert notes.shape[1] == 3
        assert bar > 0
