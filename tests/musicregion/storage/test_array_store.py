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


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "root"))


def make(folder, counts, task=rows):
    keys = {name: f"{name} {count}" for name, count in counts.items()}
    items = {name: (name, count) for name, count in counts.items()}
    return array_store.write_array(folder, "rows", keys, task, items, "test")


def test_rows_are_in_the_songs_order(tmp_path):
    array = make(tmp_path / "array", {"b": 2, "a": 3})
    assert array.dtype == np.float32
    assert array.tolist() == [*rows("b", 2).tolist(), *rows("a", 3).tolist()]
    assert sorted(path.name for path in (tmp_path / "array").iterdir()) == ["rows.csv", "rows.npy"]


def test_songs_added_removed_and_moved_give_the_bytes_of_a_run_from_scratch(tmp_path):
    make(tmp_path / "grown", {"a": 3, "b": 2, "c": 4})
    make(tmp_path / "grown", {"d": 1, "c": 4, "a": 3})
    make(tmp_path / "scratch", {"d": 1, "c": 4, "a": 3})
    for name in ("rows.npy", "rows.csv"):
        grown, scratch = ((tmp_path / way / name).read_bytes() for way in ("grown", "scratch"))
        assert grown == scratch


def test_a_song_whose_process_dies_is_named_and_the_old_array_stays(tmp_path):
    before = make(tmp_path, {"a": 3}).tolist()
    with pytest.raises(TaskDied, match="test: z: its process crashed"):
        make(tmp_path, {"a": 3, "z": 1}, task=died)
    assert np.load(tmp_path / "rows.npy").tolist() == before
