"""Songs of no region are told from those of the regions."""

import numpy as np
import pytest

from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.evaluation import open_set
from musicregion.models.training_songs import fit_training_songs


def make_data(distance=4, songs=40):
    """Three regions around points of their own; a fifth of the songs is for testing."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), songs)
    centres = np.eye(3, 6) * distance
    own = centres[labels] + random.standard_normal((len(labels), 6))
    frames = own[:, None, None] + random.standard_normal((len(labels), 2, 20, 6))
    names = np.array([f"song-{number:03}" for number in range(len(labels))])
    parts = np.array(["test", "train", "train", "train", "train"])[np.arange(len(labels)) % 5]
    return Dataset(
        {"mfcc": frames.reshape(-1, 20, 6).astype("float32")},
        *(np.repeat(values, 2) for values in (labels, names, names, parts)),
        ["R0", "R1", "R2"],
    )


def without_last_region(data):
    """The last region's songs are listed as unknown."""
    last = data.labels == 2
    return data.relabelled(
        np.where(last, UNKNOWN, data.labels), np.where(last, "unknown", data.parts), ["R0", "R1"]
    )


def test_a_region_that_was_left_out_is_told_from_the_others():
    scores = dict(open_set.leave_one_region_out(make_data()))
    assert list(scores) == ["R0", "R1", "R2"]
    assert min(scores.values()) > 0.9
    alike = dict(open_set.leave_one_region_out(make_data(distance=0)))
    assert np.mean(list(alike.values())) == pytest.approx(0.5, abs=0.12)


def test_a_copy_of_a_known_song_is_not_unknown():
    data = make_data()
    groups = data.groups.copy()
    copies = (data.labels == 2) & (np.arange(len(groups)) % 20 != 0)  # most songs of R2
    groups[copies] = "song-000"
    expected = dict(open_set.leave_one_region_out(data))
    scores = dict(
        open_set.leave_one_region_out(
            Dataset(data.features, data.labels, data.songs, groups, data.parts, data.regions)
        )
    )
    assert scores["R2"] != expected["R2"]


def test_songs_listed_as_unknown_are_rejected_and_test_songs_are_not():
    data = without_last_region(make_data())
    songs = fit_training_songs(data, data.rows("train"), {})
    scores = open_set.score_unknown_songs(data, songs, 0.05)
    assert set(scores) == {"test_songs_rejected", "unknown_songs_rejected", "auroc"}
    assert scores["test_songs_rejected"] <= 0.2
    assert scores["unknown_songs_rejected"] > 0.7
    assert scores["auroc"] > 0.9
    strict = open_set.score_unknown_songs(data, songs, 0.5)
    assert 0.2 < strict["test_songs_rejected"] < 0.8


def test_without_unknown_songs_there_is_no_auroc():
    data = make_data()
    songs = fit_training_songs(data, data.rows("train"), {})
    assert set(open_set.score_unknown_songs(data, songs, 0.05)) == {"test_songs_rejected"}


def test_auroc_is_one_where_unknown_songs_score_higher_and_a_half_where_they_are_alike():
    assert open_set.open_set_auroc(np.array([1.0, 2]), np.array([3.0, 4, 5])) == 1
    assert open_set.open_set_auroc(np.array([1.0, 2]), np.array([1.0, 2])) == 0.5
