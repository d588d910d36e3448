"""Encoded music decodes to the same music."""

import numpy as np
import pytest

from musicregion.composition import tokens, vocabulary
from musicregion.composition.tokens import Piece

REGIONS = ["Coast", "Hills"]


def scale(region="Coast", bar=3.0, tempo=100.0, pitches=(60, 62, 64, 65, 67, 69, 71, 72)):
    """A scale in eighths and quarters."""
    lengths = np.resize([0.5, 1.0], len(pitches))
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return Piece("song", region, np.stack([starts, lengths, pitches], 1), bar, tempo)


@pytest.mark.parametrize("bar", vocabulary.METERS)
def test_notes_and_bar_survive_encoding(bar):
    piece = scale(bar=bar)
    notes, decoded_bar = tokens.decode(tokens.encode(piece, REGIONS))
    np.testing.assert_allclose(notes, piece.notes, atol=1e-6)
    assert decoded_bar == bar


def test_chords_survive_encoding():
    notes = np.array([[0, 1, 48], [0, 1, 60], [0, 1, 64], [1, 0.5, 67], [1, 2, 50]], float)
    piece = Piece("song", "Hills", notes, 4.0, 90)
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


def test_the_last_note_follows_the_prefix_in_any_key():
    sequence = tokens.encode(scale(pitches=(60, 62, 71)), REGIONS)
    for semitones, pitch_class in ((0, 11), (2, 1), (-3, 8)):
        moved = tokens.transpose(sequence, semitones)
        assert moved[tokens.PREFIX] == vocabulary.first_final_token() + pitch_class


def test_another_key_is_the_same_music():
    sequence = tokens.encode(scale(), REGIONS)
    notes, _ = tokens.decode(sequence)
    moved, _ = tokens.decode(tokens.transpose(sequence, 5))
    np.testing.assert_allclose(moved - notes, np.tile([0, 0, 5], (len(notes), 1)), atol=1e-6)


def test_a_piece_is_not_transposed_beyond_the_range_of_pitches():
    sequence = tokens.encode(scale(pitches=(60, vocabulary.HIGHEST)), REGIONS)
    assert (tokens.transpose(sequence, 1) == sequence).all()
    assert not (tokens.transpose(sequence, -1) == sequence).all()


def test_nonsense_can_be_decoded():
    """A badly trained model must not end the program."""
    random = np.random.default_rng(0)
    for _ in range(20):
        sequence = random.integers(0, len(vocabulary.token_ids(REGIONS)), 60).astype("int16")
        notes, bar = tokens.decode(sequence)
        assert notes.shape[1] == 3
        assert bar > 0
