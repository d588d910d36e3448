"""The map of songs: where they are in the plane, and where a new one is among them."""

import numpy as np
import pytest

from musicregion.models.training_songs import fit_training_songs, song_statistics
from musicregion.presentation import song_map
from tests.musicregion.models.test_training_songs import make_data, rows


@pytest.fixture(scope="module")
def fitted():
    data = make_data(40)
    return data, fit_training_songs(data, rows(data), {})


def test_a_training_song_is_placed_where_it_is(fitted):
    data, training = fitted
    statistics = np.hstack(song_statistics(data, rows(data)))
    for row in (0, 7):
        placed = song_map.place_song(training, statistics[row])
        assert placed.pixel == pytest.approx(placed.pixels[row], abs=1)
        assert len(placed.pixels) == len(placed.titles) == 40
        assert placed.regions == training.regions.tolist()


def test_the_map_is_that_of_the_report(fitted):
    data, training = fitted
    kinds = song_statistics(data, rows(data))
    points, share = song_map.principal_components(kinds)
    placed = song_map.place_song(training, np.hstack(kinds)[0])
    assert np.abs(song_map.fit_picture(points) - placed.pixels).max() <= 1
    assert placed.share == pytest.approx(share, abs=1e-6)


def test_a_song_beyond_all_others_is_in_the_picture_too(fitted):
    data, training = fitted
    far = np.hstack(song_statistics(data, rows(data)))[0] + 50
    x, y = song_map.place_song(training, far).pixel
    assert 0 < x < song_map.WIDTH
    assert 0 < y < song_map.HEIGHT


def test_the_largest_axis_is_the_first_and_its_outermost_song_is_positive():
    along = np.array([[0.5, -3.0], [0.1, 1.0], [-0.2, 2.0]])
    points = along @ song_map.choose_plane(along)
    assert points.tolist() == [[3.0, 0.5], [-1.0, 0.1], [-2.0, -0.2]]
    assert (along[:, :1] @ song_map.choose_plane(along[:, :1])).shape == (3, 2)
