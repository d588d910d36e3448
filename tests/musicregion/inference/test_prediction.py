from musicregion.inference.prediction import SegmentPrediction, SongPrediction


def moment(start, region, seconds=10.0):
    other = "Hills" if region == "Coast" else "Coast"
    return SegmentPrediction(start, seconds, {region: 0.7, other: 0.3})


def test_passages_join_what_is_of_one_region():
    timeline = [
        moment(0, "Coast"),
        moment(10, "Coast"),
        moment(20, "Hills"),
        moment(30, "Coast", 4),
    ]
    found = SongPrediction(True, {"Coast": 0.8, "Hills": 0.2}, timeline)
    assert found.passages() == [(0, 20, "Coast"), (20, 30, "Hills"), (30, 34, "Coast")]
    assert (found.region, found.probability, found.duration_s) == ("Coast", 0.8, 34)
