"""The index: sorted, in files of bounded size, without what identifies nothing."""

import numpy as np
import pytest

from musicregion.audio import landmark_index
from musicregion.audio.landmark_index import MOST_FREQUENT, REPEATS, build_index, divide


@pytest.mark.parametrize("amounts", [[3, 3, 3, 3], [0, 0, 9, 0, 1, 1, 0], [0, 0], [5]])
def test_blocks_are_neighbours_and_of_bounded_sum(amounts):
    blocks = divide(np.array(amounts), 4)
    assert [first for first, _ in blocks] == [0, *(last for _, last in blocks[:-1])]
    assert blocks[-1][1] == len(amounts)
    for first, last in blocks:
        assert last > first
        assert sum(amounts[first : last - 1]) < 4 + max(amounts)


def test_the_index_is_sorted_by_hash_song_and_frame(tmp_path, monkeypatch):
    monkeypatch.setattr(landmark_index, "BLOCK", 100)
    monkeypatch.setattr(landmark_index, "RANGE_SIZE", 200)
    random = np.random.default_rng(0)
    sizes = random.integers(0, 60, size=40)
    hashes = random.integers(0, 90, size=sizes.sum()) * (landmark_index.HASHES // 90)
    rows = np.stack([hashes, random.integers(0, 5000, size=sizes.sum())], axis=1)
    np.save(tmp_path / "landmarks.npy", rows.astype("int32"))
    (tmp_path / "index").mkdir()
    index = build_index(tmp_path / "landmarks.npy", sizes, tmp_path / "index")
    assert sorted(index.files) == sorted((tmp_path / "index").iterdir())
    parts = [np.load(path) for path in index.files]
    assert len(parts) > 3
    assert max(part.shape[1] for part in parts) < 200 + MOST_FREQUENT * landmark_index.STRIDE
    landmarks = np.concatenate(parts, axis=1).T.tolist()
    song = np.repeat(np.arange(40), sizes)
    places: dict = {}
    for place in sorted(np.stack([hashes, song, rows[:, 1]], axis=1).tolist()):
        of_hash = places.setdefault(place[0], [])
        if [number for _, number, _ in of_hash].count(place[1]) < REPEATS:
            of_hash.append(place)
    rare = [of_hash for of_hash in places.values() if len(of_hash) <= MOST_FREQUENT]
    ranked = [[rank, *place[1:]] for of_hash in rare for rank, place in enumerate(of_hash)]
    assert landmarks == ranked
    matches = [sum(rank for rank, song, _ in ranked if song == number) for number in range(40)]
    assert index.matches.tolist() == matches
