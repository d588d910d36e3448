"""New songs are in keys that are read with ease, or in the one that is asked for."""

import numpy as np

from musicregion.generation.tonality import find_tonality
from musicregion.generation.transposition import transpose_pieces
from tests.musicregion.generation.tunes import D_TUNE, quarters

PIECES = [(quarters(*D_TUNE) + np.array([0, 0, 11]), 4.0), (quarters(*D_TUNE), 4.0)]


def test_few_sharps_and_flats_and_a_comfortable_register():
    for seed in range(20):
        high = [(notes + np.array([0, 0, 24]), bar) for notes, bar in PIECES[:1]]
        moved, key = transpose_pieces(high, True, np.random.default_rng(seed))
        assert -2 <= key.sharps <= 3
        assert find_tonality([notes for notes, _ in moved], True) == key
        assert 58 <= moved[0][0][:, 2].mean() <= 84
        assert (np.diff(moved[0][0][:, 2]) == np.diff(PIECES[0][0][:, 2])).all()


def test_a_tonic_that_is_asked_for_changes_no_later_draw():
    free, asked = np.random.default_rng(1), np.random.default_rng(1)
    transpose_pieces(PIECES[1:], True, free)
    moved, key = transpose_pieces(PIECES[1:], True, asked, tonic=1)
    assert (key.tonic, moved[0][0][-1, 2] % 12) == (1, 1)
    assert free.random() == asked.random()
