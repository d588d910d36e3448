"""New songs are compared with training songs: typical or not, and which are nearest."""

from dataclasses import replace

import numpy as np
import pytest

from musicregion.dataset.dataset import Dataset
from musicregion.models import training_songs

REGIONS = ["Coast", "Hills"]


def make_data(songs=100, seed=0, copies=0):
    """Songs of three segments, half in each region; the first `copies` are there twice."""
    random = np.random.default_rng(seed)
    labels = np.arange(songs) % 2
    frames = random.normal(size=(songs, 3, 20, 4)) + random.normal(size=(songs, 1, 1, 4))
    frames[..., 0] += 3 * labels[:, None, None]
    names = np.array([f"s{number:03}" for number in range(songs)])
    groups = names.copy()
    if copies:
        frames[copies : 2 * copies], labels[copies : 2 * copies] = frames[:copies], labels[:copies]
        groups[copies : 2 * copies] = groups[:copies]
    return Dataset(
        {"mfcc": frames.reshape(-1, 20, 4).astype("float32")},
        *(np.repeat(values, 3) for values in (labels, names, groups, np.full(songs, "train"))),
        REGIONS,
    )


def rows(data):
    return np.arange(len(data.songs))


def statistics(data):
    return np.hstack(training_songs.song_statistics(data, rows(data)))


@pytest.fixture(scope="module")
def fitted():
    data = make_data()
    return training_songs.fit_training_songs(data, rows(data), {"s000": "Dawn"})


def test_as_many_songs_like_the_training_songs_are_rejected_as_wanted(fitted):
    typicality = fitted.typicality(statistics(make_data(600, seed=1)))
    for share in (0.05, 0.2):
        assert share / 3 < (typicality <= share).mean() < share * 1.5


def test_single_segments_are_rejected_as_often(fitted):
    data = make_data(200, seed=1)
    segments = np.hstack(training_songs.segment_statistics(data, rows(data)))
    assert 0.01 < (fitted.typicality(segments, segments=True) <= 0.05).mean() < 0.09
    assert (fitted.typicality(segments) <= 0.05).mean() > 0.2  # they vary more than songs


def test_noise_is_less_typical_than_any_training_song(fitted):
    noise = np.random.default_rng(2).normal(size=(5, fitted.measure.mean.size)) * 100
    assert fitted.typicality(noise).tolist() == pytest.approx([1 / 101] * 5)


def test_the_nearest_song_of_a_training_song_is_itself_and_has_a_title(fitted):
    neighbours = fitted.neighbours(statistics(make_data())[0], 3)
    (first, distance), (_, second), (_, third) = neighbours
    assert (fitted.titles[first], fitted.regions[first], distance) == ("Dawn", "Coast", 0)
    assert 0 < second <= third <= 1
    assert fitted.titles[1] == "s001"  # it has no title


def test_copies_of_a_recording_do_not_make_each_other_typical():
    data = make_data(60, copies=7)
    fitted = training_songs.fit_training_songs(data, rows(data), {})
    assert fitted.nearest.min() > 0.1


def test_every_fold_has_songs_of_every_region_and_whole_groups():
    labels, groups = np.repeat([0, 1, 2], [50, 30, 20]), np.arange(100).astype(str)
    groups[1] = groups[0]
    folds = training_songs.assign_folds(labels, groups)
    assert sorted(set(folds)) == list(range(10))
    assert all(set(labels[folds == fold]) == {0, 1, 2} for fold in range(10))
    assert folds[0] == folds[1]


def test_what_is_saved_is_what_is_read_and_equal_songs_are_equal_files(fitted, tmp_path):
    fitted.save(tmp_path / "one.npz")
    data = make_data()
    again = training_songs.fit_training_songs(data, rows(data), {"s000": "Dawn"})
    again.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    read = training_songs.load_training_songs(tmp_path / "one.npz")
    new = statistics(make_data(seed=5))
    assert np.array_equal(read.typicality(new), fitted.typicality(new))
    assert read.neighbours(new[0], 3) == fitted.neighbours(new[0], 3)
    assert read.titles[0] == "Dawn"
    assert read.ids[:2].tolist() == ["s000", "s001"]


def test_ids_from_a_table_are_saved_as_text(tmp_path):
    data = make_data(12)
    table = replace(data, songs=data.songs.astype(object))
    training_songs.fit_training_songs(table, rows(data), {}).save(tmp_path / "songs.npz")
    assert training_songs.load_training_songs(tmp_path / "songs.npz").ids[0] == "s000"


def test_few_training_songs_reject_nothing():
    """With 18, no share below 1/19 can be shown."""
    data = make_data(18)
    fitted = training_songs.fit_training_songs(data, rows(data), {})
    noise = np.random.default_rng(2).normal(size=(5, fitted.measure.mean.size)) * 100
    assert fitted.typicality(noise).min() > 0.05


def test_every_kind_of_features_is_compared():
    data = make_data()
    other = np.random.default_rng(4).normal(size=(300, 1, 6)).astype("float32")
    both = replace(data, features={**data.features, "other": other})
    kinds = training_songs.song_statistics(both, rows(both))
    assert [kind.shape for kind in kinds] == [(100, 68), (100, 12)]
    fitted = training_songs.fit_training_songs(both, rows(both), {})
    strange = np.hstack([kinds[0][:1], kinds[1][:1] + 100])
    assert fitted.typicality(strange) < 0.05 < fitted.typicality(np.hstack(kinds)[:1])
