"""Melodies come to the positions that a score writes."""

from fractions import Fraction

import numpy as np

from musicregion.generation.quantise import choose_meter, quantise, split_at_edges

HALF = Fraction(1, 2)


def test_beats_are_in_sixteenths_or_in_triplets():
    rows = [(0.02, 0.2, 60), (0.26, 0.7, 62), (1, 0.33, 64), (1.34, 0.3, 65), (1.66, 0.34, 67)]
    starts = [start for start, _, _ in quantise(np.array(rows))]
    assert starts == [0, Fraction(1, 4), 1, Fraction(4, 3), Fraction(5, 3)]


def test_short_rests_are_part_of_the_note_before_and_voices_below_are_left_out():
    rows = [(0, 0.8, 60), (0, 4, 48), (1, 0.4, 62), (2, 1, 64)]
    assert quantise(np.array(rows)) == [(0, 1, 60), (1, 1 + HALF, 62), (2, 3, 64)]


def test_the_last_note_is_written_however_short():
    assert quantise(np.array([(0, 0.01, 60)])) == [(0, Fraction(1, 4), 60)]


def test_bars_of_three_quarters_are_in_two_or_in_three():
    jig = [(Fraction(start), Fraction(start) + 3 * HALF, 60) for start in (0, 3 * HALF, 3)]
    waltz = [(Fraction(start), Fraction(start) + 2, 60) for start in (1, 4, 7)]
    assert choose_meter(jig, 3.0) == (6, 8)
    assert choose_meter(waltz, 3.0) == (3, 4)
    assert choose_meter(jig, 4.0) == (4, 4)


def test_notes_are_tied_over_bar_lines_and_triplets_over_beats():
    parts = list(split_at_edges([(Fraction(3), Fraction(9), 60)], Fraction(4)))
    assert [(int(start), int(end), tied) for (start, end, _), tied in parts] == [
        (3, 4, True),
        (4, 8, True),
        (8, 9, False),
    ]
    triplet = [(Fraction(2, 3), Fraction(4, 3), 60)]
    assert [edge for (_, edge, _), _ in split_at_edges(triplet, Fraction(4))] == [1, Fraction(4, 3)]
