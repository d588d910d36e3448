"""Pairs of songs: those that a comparison of all landmarks at once finds, whatever the blocks."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from benchmarks.landmarks_at_once import match_at_once
from benchmarks.synthetic_landmarks import SHIFT, true_pairs, write_songs
from musicregion.audio import landmark_index, landmark_matching
from musicregion.audio.landmark_index import MOST_FREQUENT, REPEATS
from musicregion.audio.landmark_votes import LEAST_COMMON
from musicregion.compute import parallel
from musicregion.errors import TaskDied
from musicregion.storage import array_store, paths
from tests.conftest import map_in_process


def match(folder, songs):
    """match_landmarks of songs, each [landmark, (hash, frame)]."""
    songs = [np.array(song, "int32").reshape(-1, 2) for song in songs]
    np.save(folder / "landmarks.npy", np.concatenate(songs))
    sizes = np.array([len(song) for song in songs])
    return landmark_matching.match_landmarks(folder / "landmarks.npy", sizes, folder / "index")


@pytest.fixture
def small_blocks(monkeypatch):
    """Everything in several blocks: songs that are read, hashes of a file, songs of a task."""
    monkeypatch.setattr(landmark_index, "BLOCK", 500)
    monkeypatch.setattr(landmark_index, "MOST_SONGS", 8)
    monkeypatch.setattr(landmark_index, "RANGE_SIZE", 300)
    monkeypatch.setattr(landmark_matching, "MATCHES", 500)
    monkeypatch.setattr(parallel, "map_songs", map_in_process)


def random_songs(seed):
    """Songs of few hashes at few moments, some frequent: copies, loops, ties, empty songs."""
    random = np.random.default_rng(seed)
    songs = []
    for size in random.integers(0, 400, size=30) * (random.random(30) < 0.8):
        hashes = random.integers(0, 50, size=size) ** 2  # some too frequent
        rare = random.random(size) < 0.6
        hashes[rare] = random.integers(1 << 15, landmark_index.HASHES, size=rare.sum())
        songs.append(np.stack([hashes, random.integers(0, 40, size=size)], axis=1))
    for copy in range(20, 30):
        song = songs[random.integers(20)]
        part = song[random.random(len(song)) < 0.7]
        songs[copy] = np.concatenate([part + np.array([0, random.integers(3)]), songs[copy][:20]])
    return [songs[number] for number in random.permutation(30)]


@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_those_of_a_comparison_at_once(tmp_path, small_blocks, seed):
    songs = random_songs(seed)
    expected = match_at_once(songs).reset_index(drop=True)
    assert len(expected) > 4
    pd.testing.assert_frame_equal(match(tmp_path, songs), expected)


def test_pairs_do_not_depend_on_processes(tmp_path, small_blocks, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(landmark_matching, "MATCHES", 2000)
    songs = random_songs(0)
    expected = match_at_once(songs).reset_index(drop=True)
    pd.testing.assert_frame_equal(match(tmp_path, songs), expected)


def test_songs_of_folk_have_the_pairs_of_a_comparison_at_once(tmp_path, small_blocks, small):
    array, rows = array_store.open_array(small / "project" / paths.FINGERPRINTS, "landmarks")
    songs = [np.array(array[part]) for part in rows.values()]
    songs += [song[song[:, 1] >= 100] - [0, 100] for song in songs[:5]]  # trimmed copies
    expected = match_at_once(songs).reset_index(drop=True)
    assert len(expected) >= 5
    pd.testing.assert_frame_equal(match(tmp_path, songs), expected)


def test_ten_thousand_songs_have_the_pairs_of_a_comparison_at_once(tmp_path):
    path, count = tmp_path / "landmarks.npy", 10_000
    sizes = write_songs(path, count, landmarks=100, pool_size=1 << 19)
    pairs = landmark_matching.match_landmarks(path, sizes, tmp_path / "index")
    songs = np.split(np.load(path), sizes.cumsum()[:-1])
    pd.testing.assert_frame_equal(pairs, match_at_once(songs).reset_index(drop=True))
    copies = pairs[pairs["offset"] == -SHIFT]
    assert len(set(zip(copies["a"], copies["b"], strict=True)) & set(true_pairs(count))) > 200


def same(song, start=0, count=20, step=10):
    """Landmarks of hashes that only those with the same `song` have."""
    return [(1000 * song + n, start + step * n) for n in range(count)]


def test_a_hash_in_too_many_places_counts_for_nobody(tmp_path):
    pairs = match(tmp_path, [same(1)] * MOST_FREQUENT)
    assert len(pairs) == MOST_FREQUENT * (MOST_FREQUENT - 1) / 2
    assert len(match(tmp_path, [same(1)] * (MOST_FREQUENT + 1))) == 0


def test_a_loop_counts_as_its_first_occurrences(tmp_path):
    loop = [(5, 10 * n) for n in range(3 * MOST_FREQUENT)]
    other = [(5, 10 * n) for n in range(2)]
    pairs = match(tmp_path, [same(1) + loop, same(1) + other])
    assert pairs["share"].tolist() == [22 / 22]
    late = [(5, 10 * n) for n in range(REPEATS, REPEATS + 2)]
    assert match(tmp_path, [same(1) + loop, same(1) + late])["share"].tolist() == [20 / 22]


def test_votes_of_neighbouring_offsets_are_added(tmp_path):
    half = LEAST_COMMON // 2
    song, copy = same(1, count=LEAST_COMMON), same(1, count=LEAST_COMMON)
    copy[half:] = [(code, frame + 1) for code, frame in copy[half:]]
    assert match(tmp_path, [song, copy])["share"].tolist() == [1]
    copy[half:] = [(code, frame + 1) for code, frame in copy[half:]]
    assert len(match(tmp_path, [song, copy])) == 0


def test_of_offsets_with_as_many_votes_the_smallest_is_taken(tmp_path):
    song = same(1)
    copy = same(1, 500, 10) + [(code, frame + 300) for code, frame in same(1)[10:]]
    assert match(tmp_path, [song, copy])["offset"].tolist() == [300]


def test_pairs_are_in_the_order_of_votes_and_then_of_songs(tmp_path, small_blocks):
    songs = [same(1), same(2), same(3, count=30), [], same(3, count=30), same(2), same(1)]
    pairs = match(tmp_path, songs)
    assert pairs[["a", "b"]].to_numpy().tolist() == [[2, 4], [0, 6], [1, 5]]


def test_one_hash_alone(tmp_path):
    songs = [[(7, 0)] * REPEATS] * 3
    expected = match_at_once(list(map(np.array, songs))).reset_index(drop=True)
    pd.testing.assert_frame_equal(match(tmp_path, songs), expected)


@pytest.mark.parametrize("songs", [[[]], [[], []], [same(1)], [same(1), same(2)]])
def test_songs_that_share_nothing(tmp_path, songs):
    assert match(tmp_path, songs).columns.tolist() == ["a", "b", "share", "offset"]
    assert len(match(tmp_path, songs)) == 0


def test_one_song_is_compared_with_those_before_it(tmp_path, small_blocks):
    songs = random_songs(1)
    np.save(tmp_path / "landmarks.npy", np.concatenate(songs).astype("int32"))
    sizes = np.array([len(song) for song in songs])
    index = landmark_index.build_index(tmp_path / "landmarks.npy", sizes, tmp_path)
    expected = match_at_once(songs)
    for song in range(30):
        found = landmark_matching.match_block(index, song, song + 1)
        assert sorted(found["a"]) == sorted(expected.loc[expected["b"] == song, "a"])
        assert set(found["b"]) <= {song}


def test_the_index_is_removed_even_after_an_error(tmp_path, small_blocks, monkeypatch):
    (tmp_path / "index").mkdir()
    (tmp_path / "index/0.unsorted").write_bytes(b"of a run that was killed")
    match(tmp_path, random_songs(0))
    assert [path.name for path in tmp_path.iterdir()] == ["landmarks.npy"]
    died = partial(map_in_process, lambda *_: TaskDied("killed"))
    monkeypatch.setattr(parallel, "map_songs", lambda task, *rest, **names: died(*rest, **names))
    with pytest.raises(TaskDied, match="compare: killed"):
        match(tmp_path, random_songs(0))
    assert [path.name for path in tmp_path.iterdir()] == ["landmarks.npy"]


def test_equal_samples_are_copies_even_without_landmarks():
    pairs = landmark_matching.match_identical(["x", "y", "x", "x"])
    assert pairs[["a", "b", "share"]].to_numpy().tolist() == [[0, 2, 1], [0, 3, 1]]
