"""The distance is small for what a region explains, and large for all else."""

import numpy as np
import pytest

from benchmarks.relative_mahalanobis import fit_relative_mahalanobis

CENTRES = np.array([[6, 0, 0, 0], [0, 6, 0, 0], [0, 0, 6, 0]])


def songs(count, seed, centres=CENTRES, size=4, spread=(1, 1, 1, 9)):
    """`count` songs of each region, and their labels; they vary most in the last statistic."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(centres)), count)
    values = random.normal(size=(len(labels), size))
    values[:, :4] = values[:, :4] * spread + centres[labels]
    return values, labels


def test_a_song_between_the_regions_is_stranger_than_one_that_varies_as_they_do():
    measure = fit_relative_mahalanobis([songs(30, 0)[0]], songs(30, 0)[1])
    typical, between = measure.score(songs(30, 1)[0]), measure.score(np.full((1, 4), 2.0))
    assert between > np.quantile(typical, 0.9)
    far_as_all_are = np.array([[6, 0, 0, 18.0]])  # two deviations, in which regions do not differ
    assert measure.score(far_as_all_are) < np.quantile(typical, 0.9)


def test_it_is_the_nearest_region_less_all_regions():
    """Computed here by inverting the shrunk covariances."""
    values, labels = songs(30, 0)
    measure = fit_relative_mahalanobis([values], labels)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    means = np.stack([scaled[labels == label].mean(axis=0) for label in range(3)])
    within = np.cov((scaled - means[labels]).T, bias=True)
    inverses = [
        np.linalg.inv(matrix / 2 + np.eye(4) * np.trace(matrix) / 4 / 2)
        for matrix in (within, np.cov(scaled.T, bias=True))
    ]
    distances = [
        min((song - mean) @ inverses[0] @ (song - mean) for mean in means)
        - song @ inverses[1] @ song
        for song in scaled
    ]
    assert measure.score(values) == pytest.approx(distances, abs=1e-4)


def test_with_fewer_songs_than_statistics_what_no_song_has_is_strange():
    values, labels = songs(5, 0, size=300)
    measure = fit_relative_mahalanobis([values], labels)
    assert measure.axes.shape == (300, 14)
    noise = np.random.default_rng(2).normal(size=(20, 300)) * 20
    assert measure.score(noise).min() > measure.score(songs(5, 1, size=300)[0]).max()
    direction = np.random.default_rng(3).normal(size=300)
    direction -= measure.axes @ (measure.axes.T @ direction)  # what no training song has
    unheard = values + 10 * direction * measure.scale / np.linalg.norm(direction)
    assert (measure.score(unheard) > measure.score(values) + 1).all()
    positions, off = measure.locate(values)
    assert off == pytest.approx(0, abs=1e-3)
    assert measure.distances(values, positions).argmin(axis=1).tolist() == list(range(15))


def test_each_kind_of_features_counts_equally():
    values, labels = songs(30, 0)
    noise = np.random.default_rng(3).normal(size=(90, 400))
    song, strange = values[:1], values[:1] + np.array([0, 0, 0, 40])

    def difference(kinds, extra):
        measure = fit_relative_mahalanobis(kinds, labels)
        scores = [measure.score(np.hstack([one, extra])) for one in (song, strange)]
        return scores[1] - scores[0]

    assert difference([values, noise], noise[:1]) > 10 * abs(
        difference([np.hstack([values, noise])], noise[:1])
    )


def test_what_is_the_same_in_all_training_songs_does_not_count():
    values, labels = songs(30, 0)
    constant = np.zeros((90, 2))
    measure = fit_relative_mahalanobis([np.hstack([values, constant])], labels)
    with_zero, with_one = np.hstack([values, constant]), np.hstack([values, constant + 1])
    assert measure.score(with_one) == pytest.approx(measure.score(with_zero))


def test_regions_of_a_single_song_have_finite_scores():
    measure = fit_relative_mahalanobis([np.eye(3)], np.arange(3))
    assert np.isfinite(measure.score(np.ones((1, 3)))).all()
