"""Ways to reject songs, compared on regions that are far apart."""

import numpy as np
import pytest

from benchmarks import openset, openset_folds, openset_methods
from musicregion.config import params
from tests.musicregion.evaluation.test_open_set import make_data

METHODS = [
    "top probability",
    "nearest neighbours",
    "mahalanobis",
    "relative mahalanobis",
    "kernel regression",
    "combined",
]


@pytest.fixture(scope="module")
def settings():
    return params.load().model_copy(update={"model": "logistic"})


def test_every_method_tells_a_left_out_region_from_the_others(settings):
    aurocs = openset_folds.measure_aurocs(make_data(songs=15), settings)
    assert list(aurocs) == METHODS
    for method, regions in aurocs.items():
        assert list(regions) == ["R0", "R1", "R2"]
        assert np.mean(list(regions.values())) > 0.6, method


def test_sounds_are_rejected_by_kind_and_test_songs_are_not(settings):
    near = make_data(songs=15).array[:4] + 1
    far = near * 1000
    data = openset.with_sounds(
        make_data(songs=15), ["hum", "roar"], [{"mfcc": near}, {"mfcc": far}]
    )
    false_rejections, sounds = openset_folds.measure_rejections(data, settings)
    assert list(false_rejections) == METHODS
    assert max(false_rejections.values()) <= 0.15
    for method in METHODS[1:5]:  # the others have too few validation songs to reject any
        assert sounds[method] == {"hum": sounds[method]["hum"], "roar": 1}
        assert sounds[method]["hum"] < 1


def test_the_kernel_regression_is_that_of_predictions():
    from musicregion.models.training_songs import fit_training_songs, song_statistics

    data = make_data(songs=15)
    songs = fit_training_songs(data, data.rows("train"), {})
    _, first = np.unique(data.songs[data.rows("train")], return_index=True)
    labels, groups = (values[data.rows("train")][first] for values in (data.labels, data.groups))
    kinds = song_statistics(data, data.rows("train"))
    scores = openset_methods.scores_out_of_fold(kinds, labels, groups)["kernel regression"]
    assert scores == pytest.approx(songs.song_scores)
    new = np.hstack(song_statistics(data, data.rows("test")))
    p_values = openset_methods.conformal_p_values(
        scores, openset_methods.fit_methods(kinds, labels)(new)["kernel regression"]
    )
    assert p_values == pytest.approx(songs.typicality(new))
