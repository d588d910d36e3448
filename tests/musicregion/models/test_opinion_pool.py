import numpy as np
import pytest

from musicregion.models.opinion_pool import combine, combine_segments


def test_a_song_has_the_mean_of_its_segments_log_probabilities():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    songs, pooled = combine_segments(probabilities, np.array(["b", "b", "a"]))
    assert songs.tolist() == ["a", "b"]
    expected = np.sqrt([0.9 * 0.4, 0.1 * 0.6])
    assert pooled[1] == pytest.approx(expected / expected.sum())
    assert pooled[0] == pytest.approx([0.2, 0.8])


def test_a_probability_of_zero_does_not_end_in_infinity():
    _, pooled = combine_segments(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array(["a", "a"]))
    assert pooled[0] == pytest.approx([0.5, 0.5])


def test_a_single_model_can_rule_a_region_out():
    unsure, sure = np.array([[0.6, 0.4]]), np.array([[0.001, 0.999]])
    assert combine([unsure, unsure, sure]).argmax() == 1
    assert combine([unsure])[0] == pytest.approx([0.6, 0.4])
