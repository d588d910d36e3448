"""Timelines, the map, and the marks of regions."""

import numpy as np

from musicregion.presentation import song_map
from musicregion.presentation.region_marks import region_marks
from musicregion.presentation.timeline import draw_timeline


def test_a_timeline_stacks_the_regions_of_each_segment():
    timeline = draw_timeline(np.array([[0.7, 0.3], [0.6, 0.4], [0, 1]]), ["A", "B"], 30)
    assert timeline.paths["A"] == "M0 0h10v70h-10zM10 0h10v60h-10z"
    assert timeline.paths["B"] == "M0 70h10v30h-10zM10 60h10v40h-10zM20 0h10v100h-10z"
    assert (timeline.width, timeline.end) == (30, "1:30")
    assert timeline.text == "A 0:00 to 1:00, B 1:00 to 1:30"


def test_the_map_keeps_apart_what_differs_most_and_stays_within_the_picture():
    random = np.random.default_rng(1)
    statistics = random.normal(0, 0.1, (20, 5))
    statistics[:, 0] = statistics[:, 1] = np.repeat([0.0, 9.0], 10)
    points, share = song_map.principal_components([statistics])
    assert 0.3 < share < 1
    assert abs(points[:10, 0].mean() - points[10:, 0].mean()) > 4 * points[:10, 0].std()
    pixels = song_map.fit_picture(points)
    size = song_map.WIDTH, song_map.HEIGHT
    assert (pixels.min(axis=0) == song_map.MARGIN).all()
    assert (pixels.max(axis=0) == np.array(size) - song_map.MARGIN).all()


def test_two_songs_have_a_map():
    points, share = song_map.principal_components([np.array([[0.0, 1], [1, 0]])])
    assert share == 1
    assert points[:, 1].tolist() == [0, 0]
    song_map.fit_picture(points)


def test_no_two_regions_look_alike():
    regions = [f"region {number}" for number in range(40)]
    assert len(set(region_marks(regions).values())) == 40
