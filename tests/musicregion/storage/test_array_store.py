import numpy as np
import pytest

from musicregion.errors import TaskDied
from musicregion.storage import array_store


def rows(name: str, count: int) -> np.ndarray:
    """A song's rows: float32 [row, 2]."""
    numbers = np.arange(count, dtype="float32")[:, None]
    return np.full((count, 2), sum(name.encode()), "float32") + numbers


def died(name: str, count: int) -> np.ndarray:
    import os

    os.kill(os.getpid(), 11)


def make(folder, counts, keys=None, task=rows):
    wanted = {name: (keys or {}).get(name, "1") for name in counts}
    items = {name: (name, count) for name, count in counts.items()}
    return array_store.update_array(folder, "rows", wanted, task, items, "test")


def test_rows_are_in_the_songs_order(tmp_path):
    array = make(tmp_path, {"b": 2, "a": 3})
    assert array.dtype == np.float32
    assert array.tolist() == [*rows("b", 2).tolist(), *rows("a", 3).tolist()]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.npy", "songs.csv"]


def test_songs_added_removed_and_moved_give_the_bytes_of_a_run_from_scratch(tmp_path):
    make(tmp_path / "grown", {"a": 3, "b": 2, "c": 4})
    make(tmp_path / "grown", {"d": 1, "c": 4, "a": 3})
    make(tmp_path / "scratch", {"d": 1, "c": 4, "a": 3})
    for name in ("rows.npy", "songs.csv"):
        grown, scratch = ((tmp_path / way / name).read_bytes() for way in ("grown", "scratch"))
        assert grown == scratch


def test_only_songs_with_another_key_are_computed_again(tmp_path):
    make(tmp_path, {"a": 3, "b": 2})
    path = tmp_path / "rows.npy"
    old = np.load(path)
    np.save(path, np.zeros_like(old))  # so that an old row differs from a new one
    array = make(tmp_path, {"a": 3, "b": 2}, {"b": "2"})
    assert array[:3].tolist() == np.zeros((3, 2)).tolist()
    assert array[3:].tolist() == rows("b", 2).tolist()


def test_without_an_index_everything_is_computed_again(tmp_path):
    array = make(tmp_path, {"a": 3, "b": 2}).tolist()
    (tmp_path / "songs.csv").unlink()
    np.save(tmp_path / "rows.npy", np.zeros((5, 2), "float32"))
    assert make(tmp_path, {"a": 3, "b": 2}).tolist() == array


def test_a_song_whose_process_dies_is_named_and_the_old_array_stays(tmp_path):
    before = make(tmp_path, {"a": 3}).tolist()
    with pytest.raises(TaskDied, match="test: z: its process crashed"):
        make(tmp_path, {"a": 3, "z": 1}, task=died)
    assert np.load(tmp_path / "rows.npy").tolist() == before
