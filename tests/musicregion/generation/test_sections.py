"""Songs are filled with whole playings, and end with a tune's last bar."""

import pytest

from musicregion.generation.sections import measure_shape, plan_sections
from tests.musicregion.generation.tunes import D_TUNE, quarters, with_upbeat

PLAIN = measure_shape(quarters(*D_TUNE), 4.0)
UPBEAT = measure_shape(with_upbeat(quarters(*D_TUNE)), 4.0)


def test_the_shape_of_a_tune_with_an_upbeat():
    assert (UPBEAT.bars, UPBEAT.upbeat, UPBEAT.begins, UPBEAT.ends) == (5, 1, 3, 3)
    assert (PLAIN.bars, PLAIN.upbeat, PLAIN.begins, PLAIN.ends) == (4, 0, 0, 4)


def test_every_tune_is_played_twice_and_then_the_first_again():
    sections, length = plan_sections([PLAIN, PLAIN], 5 * 16)
    assert [section.piece for section in sections] == [0, 0, 1, 1, 0]
    assert [section.again for section in sections] == [False, True, False, True, True]
    assert [section.start for section in sections] == [0, 16, 32, 48, 64]
    assert length == 80


def test_an_upbeat_is_played_in_the_bar_before():
    sections, length = plan_sections([UPBEAT], 1 + 32)
    assert [section.start for section in sections] == [-3, 13]  # the first note at 0
    assert length == 13 + 20


@pytest.mark.parametrize("beats", [1, 5, 9, 20, 27, 41, 59, 100])
def test_only_the_last_bars_of_the_last_playing_may_be_left(beats):
    for shape in (PLAIN, UPBEAT):
        sections, length = plan_sections([shape], beats)
        assert sections[-1].start + shape.bars * shape.bar == length
        assert abs(length - beats) <= shape.bar
        assert all(section.first == 0 for section in sections[:-1])
