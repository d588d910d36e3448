"""A prediction sums up its segments."""

from musicregion.inference.prediction import SegmentPrediction, SongPrediction


def segment(start, region, seconds=10.0):
    other = "Hills" if region == "Coast" else "Coast"
    return SegmentPrediction(start, seconds, {region: 0.7, other: 0.3})


def test_passages_join_segments_of_the_same_region():
    timeline = [
        segment(0, "Coast"),
        segment(10, "Coast"),
        segment(20, "Hills"),
        segment(30, "Coast", 4),
    ]
    song = SongPrediction(True, 0.5, [], {"Coast": 0.8, "Hills": 0.2}, timeline)
    assert song.passages() == [(0, 20, "Coast"), (20, 30, "Hills"), (30, 34, "Coast")]
    assert (song.region, song.probability, song.duration_s) == ("Coast", 0.8, 34)
