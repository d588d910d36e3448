import numpy as np
import pytest

from musicregion.dataset import statistics


def frames(segments=3, time=100, channels=5, seed=0):
    return np.random.default_rng(seed).standard_normal((segments, time, channels)).astype("float32")


def test_mean_and_deviation_come_first():
    features = frames() * [1, 2, 3, 4, 5] + 7
    rows = features.reshape(-1, 5)
    vector = statistics.pool_statistics(features)
    assert vector[:5] == pytest.approx(rows.mean(axis=0), rel=1e-5)
    assert vector[5:10] == pytest.approx(rows.std(axis=0), rel=1e-5)
    assert np.isfinite(vector).all()


def test_summaries_of_seconds_give_mean_and_deviation_alone():
    features = frames(time=3)
    assert len(statistics.pool_statistics(features)) == 10
    assert len(statistics.pool_statistics(frames())) > 50


def test_a_song_has_as_many_statistics_as_a_segment():
    features = frames(4)
    assert statistics.segment_statistics(features).shape[1] == len(
        statistics.pool_statistics(features)
    )


def test_songs_whose_segments_are_not_side_by_side_are_pooled_together():
    features = frames(4)
    names, vectors = statistics.song_statistics(features, np.array(["b", "a", "b", "a"]))
    assert names.tolist() == ["a", "b"]
    assert vectors[0] == pytest.approx(statistics.pool_statistics(features[[1, 3]]))
    assert vectors[1] == pytest.approx(statistics.pool_statistics(features[[0, 2]]))


def test_the_modulation_spectrum_peaks_at_the_rate():
    time = np.arange(400)
    for rate in (4, 40):
        swing = np.sin(2 * np.pi * rate * time / 400)[None, :, None]
        peak = statistics.modulation(swing).argmax()
        assert statistics.BAND_EDGES[peak] <= rate < statistics.BAND_EDGES[peak + 1]


def test_the_log_covariance_of_independent_channels_is_that_of_its_diagonal():
    rows = frames(1, 200_000, 2)[0] * [1, 3]
    triangle = statistics.log_covariance(rows)
    assert triangle == pytest.approx([0, 0, np.log(9)], abs=0.05)


def test_silence_is_finite():
    assert np.isfinite(statistics.pool_statistics(np.zeros((1, 50, 25), "float32"))).all()


def test_segments_are_pooled_as_if_each_were_alone():
    features = frames(4)
    vectors = statistics.segment_statistics(features)
    assert vectors == pytest.approx(
        np.stack([statistics.pool_statistics(f[None]) for f in features])
    )
    assert np.array_equal(statistics.segment_means(features), features.mean(axis=1))
