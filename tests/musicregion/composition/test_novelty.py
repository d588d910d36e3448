"""Copying is found in any key, and nothing else counts as copying."""

import numpy as np

from musicregion.composition import novelty


def tune(pitches, lengths=None):
    lengths = np.resize(lengths or [1.0], len(pitches))
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return np.stack([starts, lengths, np.array(pitches, float)], 1)


MELODY = [60, 64, 62, 67, 65, 69, 60, 72, 71, 60, 61, 66, 70, 63]


def test_a_copy_in_another_key_is_a_copy():
    training = [novelty.melody_steps(tune(MELODY[::-1])), novelty.melody_steps(tune(MELODY))]
    copy = tune([pitch + 5 for pitch in [50, 50, 50, *MELODY[2:12], 40, 40]])
    assert novelty.longest_shared(novelty.melody_steps(copy), training) == (9, 1)  # ten notes


def test_the_same_pitches_in_another_rhythm_are_not():
    training = [novelty.melody_steps(tune(MELODY))]
    other = novelty.melody_steps(tune(MELODY, [0.5, 1.5, 2.0]))
    assert novelty.longest_shared(other, training) == (0, -1)


def test_the_highest_of_several_notes_is_the_melody():
    notes = np.array([[0, 4, 40], [0, 1, 60], [1, 1, 64], [1, 1, 43], [2, 2, 62]], float)
    assert novelty.skyline(notes)[:, 2].tolist() == [60, 64, 62]
    assert novelty.melody_steps(notes) == [(4, 12), (-2, 12)]


def test_without_training_pieces_or_steps_there_is_no_copy():
    assert novelty.longest_shared(novelty.melody_steps(tune(MELODY)), []) == (0, -1)
    assert (
        novelty.longest_shared(
            novelty.melody_steps(tune([60])), [novelty.melody_steps(tune(MELODY))]
        )[0]
        == 0
    )
