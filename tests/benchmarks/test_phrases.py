"""Phrases, cadences, tonic and the likeness of bars are counted as a listener would."""

import numpy as np
import pytest

from benchmarks import phrases

PHRASE = ((0, 1, 60), (1, 1, 62), (2, 1, 64), (3, 1, 65), (4, 4, 67))  # two bars of 4/4


def melody(*pitches_of_phrases, bars=2):
    """PHRASE for each, `bars` bars apart, transposed by so many semitones."""
    return np.concatenate(
        [
            np.array(PHRASE, float) + np.array([4 * bars * number, 0, semitones])
            for number, semitones in enumerate(pitches_of_phrases)
        ]
    )


def test_a_long_note_ends_a_phrase():
    notes = melody(0, -2, -7)
    assert np.flatnonzero(phrases.phrase_ends(notes)).tolist() == [4, 9, 14]
    assert phrases.count_phrases(notes, 4.0).tolist() == [0, 0, 3, 0, 0, 0, 0, 0, 0]
    # 67, 65 and 60, which is the last note
    assert np.flatnonzero(phrases.count_cadences(notes)).tolist() == [0, 5, 7]


def test_a_long_note_soon_after_a_phrase_ends_none():
    notes = np.insert(melody(0), 1, [0.5, 4, 61], axis=0)
    notes[2:, 0] += 4
    assert np.flatnonzero(phrases.phrase_ends(notes)).tolist() == [5]


def test_degrees_are_counted_from_the_last_note():
    degrees = phrases.count_degrees(melody(0))
    assert degrees.tolist() == [4, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0]


def test_the_likeness_of_bars_is_the_share_of_common_notes():
    notes = melody(0, 0, 0)
    assert phrases.self_similarity(notes, 4.0, 2) == 1
    assert phrases.self_similarity(notes, 4.0, 1) == 0
    notes[10, 2] += 1  # one of the five notes of the last phrase, one of four of its bar
    assert phrases.self_similarity(notes, 4.0, 2) == pytest.approx((3 + 0.75) / 4)
    assert np.isnan(phrases.self_similarity(notes, 4.0, 6))


@pytest.mark.parametrize(("last", "expected"), [(60, True), (62, False)])
def test_the_tonic_is_heard_in_the_whole_piece(last, expected):
    pitches = [60, 64, 67, 72, 65, 67, 69, 67, 64, 62, 60, 67, 64, 60, 67, 64, last]
    notes = np.stack([np.arange(17), np.ones(17), pitches], 1).astype(float)
    assert phrases.ends_on_tonic(notes) == expected
    assert phrases.ends_on_tonic(notes + np.array([0, 0, 5])) == expected
