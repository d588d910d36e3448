import numpy as np
import pytest

from musicregion.models.opinion_pool import combine, combine_segments


def test_a_song_answers_with_the_mean_of_its_segments_log_probabilities():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    songs, answer = combine_segments(probabilities, np.array(["b", "b", "a"]))
    assert songs.tolist() == ["a", "b"]
    expected = np.sqrt([0.9 * 0.4, 0.1 * 0.6])
    assert answer[1] == pytest.approx(expected / expected.sum())
    assert answer[0] == pytest.approx([0.2, 0.8])


def test_a_probability_of_zero_does_not_end_in_infinity():
    _, answer = combine_segments(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array(["a", "a"]))
    assert answer[0] == pytest.approx([0.5, 0.5])


def test_one_who_rules_a_region_out_is_heard():
    unsure, sure = np.array([[0.6, 0.4]]), np.array([[0.001, 0.999]])
    assert combine([unsure, unsure, sure]).argmax() == 1
    assert combine([unsure])[0] == pytest.approx([0.6, 0.4])
