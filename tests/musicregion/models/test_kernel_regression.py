"""A song is strange if no region claims it."""

import numpy as np
import pytest

from musicregion.models.kernel_regression import NEAREST, RIDGE, WIDTH, fit_kernel_regression

CENTRES = np.array([[6, 0, 0, 0], [0, 6, 0, 0], [0, 0, 6, 0]])


def songs(count, seed, size=4):
    """`count` songs of each of three regions, and their labels."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), count)
    values = random.normal(size=(len(labels), size))
    values[:, :4] += CENTRES[labels]
    return values, labels


def test_between_the_regions_and_far_from_all_songs_are_strange():
    measure = fit_kernel_regression([songs(30, 0)[0]], songs(30, 0)[1])
    typical = measure.score(songs(30, 1)[0])
    between, far = measure.score(np.array([[3.0, 3, 0, 0], [60, 60, 60, 60]]))
    assert between > np.quantile(typical, 0.95)
    assert far > 2 * between
    assert np.median(typical) < 0.6


def test_it_is_what_ridge_regression_lacks_and_the_distance_from_the_nearest_song():
    """Regions of 30, 30 and 6 songs, which have equal weights."""
    from sklearn.kernel_ridge import KernelRidge

    values, labels = (array[:66] for array in songs(30, 0))
    measure = fit_kernel_regression([values], labels)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    squares = ((scaled[:, None] - scaled) ** 2).sum(axis=2)
    usual = np.median(squares[~np.eye(66, dtype=bool)])
    ridge = KernelRidge(alpha=RIDGE, kernel="rbf", gamma=1 / (WIDTH * usual))
    ridge.fit(scaled, np.eye(3)[labels], sample_weight=22 / np.bincount(labels)[labels])
    claims = ridge.predict(scaled + 0.1)
    nearest = np.sqrt(((scaled[:, None] + 0.1 - scaled) ** 2).sum(axis=2).min(axis=1))
    expected = 1 - claims.max(axis=1) + NEAREST * nearest / np.sqrt(usual)
    new = values + 0.1 * values.std(axis=0)
    assert measure.score(new) == pytest.approx(expected, abs=1e-4)


def test_with_fewer_songs_than_statistics_what_no_song_has_is_strange():
    values, labels = songs(5, 0, size=300)
    measure = fit_kernel_regression([values], labels)
    assert measure.axes.shape == (300, 14)
    direction = np.random.default_rng(3).normal(size=300)
    direction -= measure.axes @ (measure.axes.T @ direction)  # what no training song has
    unheard = values + 300 * direction * measure.scale / np.linalg.norm(direction)
    assert measure.score(unheard).min() > 2
    assert measure.distances(unheard).min() > 2 * measure.distances(values).max()


def test_a_training_song_is_nearest_to_itself_and_then_to_its_region():
    values, labels = songs(20, 0, size=40)
    distances = fit_kernel_regression([values], labels).distances(values)
    order = distances.argsort(axis=1)
    assert order[:, 0].tolist() == list(range(60))
    assert (labels[order[:, 1]] == labels).mean() > 0.9
    assert distances.diagonal() == pytest.approx(0, abs=0.01)


def test_distances_are_those_of_the_shrunk_covariance_within_regions():
    values, labels = songs(30, 0)
    measure = fit_kernel_regression([values], labels)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    means = np.stack([scaled[labels == label].mean(axis=0) for label in range(3)])
    within = np.cov((scaled - means[labels]).T, bias=True)
    inverse = np.linalg.inv(within / 2 + np.eye(4) * np.trace(within) / 4 / 2)
    difference = scaled[0] - scaled
    expected = np.sqrt(np.einsum("ni,ij,nj->n", difference, inverse, difference))
    assert measure.distances(values[:1])[0] == pytest.approx(expected, abs=1e-3)


def test_each_kind_of_features_counts_equally():
    values, labels = songs(30, 0)
    noise = np.random.default_rng(3).normal(size=(90, 400))
    strange = np.hstack([np.array([[3.0, 3, 3, 3]]), noise[:1]])
    apart = fit_kernel_regression([values, noise], labels).score(strange)
    together = fit_kernel_regression([np.hstack([values, noise])], labels).score(strange)
    assert apart > together + 0.05


def test_what_is_the_same_in_all_training_songs_does_not_count():
    values, labels = songs(30, 0)
    constant = np.zeros((90, 2))
    measure = fit_kernel_regression([np.hstack([values, constant])], labels)
    with_zero, with_one = np.hstack([values, constant]), np.hstack([values, constant + 1])
    assert measure.score(with_one) == pytest.approx(measure.score(with_zero))


def test_regions_of_a_single_song_have_finite_scores_and_distances():
    measure = fit_kernel_regression([np.eye(3)], np.arange(3))
    assert np.isfinite(measure.score(np.ones((1, 3)))).all()
    assert np.isfinite(measure.distances(np.ones((1, 3)))).all()
