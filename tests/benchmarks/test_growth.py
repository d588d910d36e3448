from benchmarks.growth import STAGES, extend


def row(stage, songs, seconds):
    return {"stage": stage, "songs": songs, "seconds": seconds, "peak_mb": 300, "disk_mb": songs}


def test_costs_go_on_growing_as_between_the_largest_sizes():
    rows = [row(stage, 10, 500) for stage in STAGES]  # the smallest size does not count
    rows += [row(stage, 100, 1) for stage in STAGES] + [row(stage, 1000, 100) for stage in STAGES]
    extended = extend(rows, 100_000)
    assert [each["stage"] for each in extended] == list(STAGES)
    for each in extended:
        assert (each["seconds"], each["seconds_exponent"]) == (1e6, 2.0)
        assert (each["peak_mb"], each["peak_mb_exponent"]) == (300, 0.0)
        assert (each["disk_mb"], each["disk_mb_exponent"]) == (1e5, 1.0)
