"""Votes: the offset of each pair at which most matches agree."""

import numpy as np

from musicregion.audio.landmark_votes import LEAST_COMMON, best_offsets, vote_keys
from musicregion.audio.landmarks import MAX_FRAMES


def best(*votes):
    """best_offsets of (pair, offset, votes) as rows."""
    pair, offset, count = np.array(votes).T
    keys = np.repeat(vote_keys(pair, offset), count)
    np.random.default_rng(0).shuffle(keys)
    return best_offsets(keys)[["pair", "offset", "votes"]].to_numpy().tolist()


def test_an_offset_has_the_votes_of_its_neighbours_too():
    assert best((7, -3, 5), (7, -2, 4), (7, -1, 3)) == [[7, -2, 12]]
    assert best((7, -3, 6), (7, -1, 6)) == []  # a neighbour of both has none of its own


def test_few_votes_are_chance():
    assert best((0, 5, LEAST_COMMON), (1, 5, LEAST_COMMON - 1)) == [[0, 5, LEAST_COMMON]]


def test_a_pair_has_one_row_and_the_first_of_equal_offsets():
    rows = best((2, 900, 20), (2, 100, 20), (2, 500, 19), (1, 0, 20), (3, 0, 30))
    assert rows == [[3, 0, 30], [1, 0, 20], [2, 100, 20]]


def test_offsets_of_two_pairs_are_no_neighbours():
    longest = MAX_FRAMES - 1
    rows = best((1, longest, 10), (2, -longest, 10))
    assert rows == [[1, longest, 10], [2, -longest, 10]]


def test_no_match_is_no_pair():
    assert len(best_offsets(np.empty(0, "int64"))) == 0
