"""Chords follow the melody, and phrases end on cadences."""

import numpy as np

from musicregion.generation.harmony import DOMINANT, TONIC, choose_chords, upbeat_bars
from musicregion.generation.tonality import Tonality
from tests.musicregion.generation.tunes import quarters

D_MAJOR = Tonality(2, "major")


def test_every_bar_has_the_chord_of_its_notes():
    tune = quarters((62, 66, 69, 62), (67, 71, 74, 67), (69, 73, 76, 69), (62, 66, 69, 62))
    roots = [chord.root for chord in choose_chords(tune, 4.0, D_MAJOR)]
    assert roots == [2, 7, 9, 2]


def test_a_tune_ends_with_a_cadence_though_its_notes_fit_other_chords_as_well():
    tune = quarters(*[(62, 66, 69, 66)] * 6, (62, 66, 69, 61), (62, 62, 62, 62))
    chords = choose_chords(tune, 4.0, D_MAJOR)
    assert [chord.degree for chord in chords[-2:]] == [DOMINANT, TONIC]
    assert chords[0].degree == TONIC


def test_the_dominant_of_a_minor_key_is_major():
    minor = Tonality(2, "minor")
    tune = quarters((62, 65, 69, 62), (69, 69, 64, 64), (62, 62, 62, 62))
    _, dominant, tonic = choose_chords(tune, 4.0, minor)
    assert (dominant.root, dominant.third) == (9, 4)
    assert (tonic.root, tonic.third) == (2, 3)


def test_an_upbeat_is_no_bar():
    tune = quarters((62, 66, 69, 62))
    assert upbeat_bars(tune, 4.0) == 0
    assert upbeat_bars(np.array([(3, 1, 62), (4, 4, 64)]), 4.0) == 1
    assert upbeat_bars(np.array([(4, 4, 64)]), 4.0) == 0
