import numpy as np
import pytest

from musicregion.rendering import notation
from musicregion.rendering.tune import Tune


def tune(beat, lowest):
    """The beginning of a major scale in 3/4, upbeat first; the beat has so many quarters."""
    lengths = np.array([1, 1, 0.5, 0.5, 1, 1, 1, 2]) * beat
    starts = np.r_[0, lengths.cumsum()[:-1]]
    pitches = lowest + np.array([0, 2, 4, 5, 7, 5, 2, 0])
    return Tune("scale", np.stack([starts, lengths, pitches], axis=1), 3 * beat, beat)


def test_the_same_melody_in_another_notation_is_written_alike():
    """One collection notates in quarters and in G, another in eighths and in D."""
    quarters, eighths = notation.unify_notation((tune(1, 67), tune(0.5, 62)), 2)
    assert quarters.notes.tolist() == eighths.notes.tolist()
    assert (quarters.bar, quarters.upbeat) == (eighths.bar, eighths.upbeat) == (1.5, 0.5)


def test_melody_and_rhythm_stay():
    original = tune(1, 67)
    (unified,) = notation.unify_notation((original,), 0)
    assert np.diff(unified.notes[:, 2]).tolist() == np.diff(original.notes[:, 2]).tolist()
    assert (unified.notes[:, :2] * 2).tolist() == original.notes[:, :2].tolist()


@pytest.mark.parametrize("tonic", range(12))
def test_the_last_note_has_the_chosen_pitch_class(tonic):
    for unified in notation.unify_notation((tune(1, 67), tune(1, 50)), tonic):
        assert unified.notes[-1, 2] % 12 == tonic


def test_most_notes_are_near_to_eighths_whatever_the_beat():
    for beat in (1 / 3, 0.375, 0.75, 1, 2, 4):
        (unified,) = notation.unify_notation((tune(beat, 60),), 0)
        assert 0.35 < np.median(np.diff(unified.notes[:, 0])) < 0.71
