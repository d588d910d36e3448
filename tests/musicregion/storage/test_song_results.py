"""The store of songs' results: what it keeps, what it forgets, and that it stops nobody."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from joblib.memory import CacheWarning

from musicregion.compute import parallel
from musicregion.errors import TaskDied, Unavailable
from musicregion.storage import song_results, stored_tasks
from tests.conftest import REPOSITORY, map_in_process


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    return tmp_path / ".song_results"


def square(number: int) -> dict:
    """A result of every type that stages store; notes that it was called."""
    with Path("calls.txt").open("a") as file:
        file.write(f"{number}\n")
    rows = [{"index": 0, "start_s": 0.1 * number, "looped": False}]
    return {"rows": rows, "nothing": np.empty((0, 4), "float32"), "array": np.arange(number) ** 2}


def calls() -> list[int]:
    """The numbers that square was called with since the last call, sorted."""
    path = Path("calls.txt")
    numbers = sorted(map(int, path.read_text().split())) if path.is_file() else []
    path.unlink(missing_ok=True)
    return numbers


def squares(*numbers, task=square, each=map_in_process):
    keys = [f"square {number}" for number in numbers]
    items = [(number,) for number in numbers]
    return list(stored_tasks.map_stored(task, keys, items, "test", each))


def assert_squares(results, *numbers):
    for number, result in zip(numbers, results, strict=True):
        assert result["array"].tolist() == [i**2 for i in range(number)]
        assert result["rows"][0]["start_s"] == 0.1 * number
        assert result["nothing"].shape == (0, 4)


def entry(number: int) -> Path:
    return next(
        path
        for path in Path(".song_results").glob("*/output.pkl")
        if song_results._entry(f"square {number}")[0] == path.parent.name
    )


def test_results_are_computed_once_and_in_order():
    assert_squares(squares(2, 3), 2, 3)
    assert calls() == [2, 3]
    assert_squares(squares(4, 3, 5, 2), 4, 3, 5, 2)
    assert calls() == [4, 5]


def test_worker_processes_store_what_they_compute():
    assert_squares(squares(2, 3, 4, each=parallel.map_songs), 2, 3, 4)
    calls()
    assert_squares(squares(2, 3, 4), 2, 3, 4)
    assert calls() == []


def test_a_result_is_stored_before_its_turn_comes():
    results = stored_tasks.map_stored(square, ["square 2", "square 3"], [(2,), (3,)], "test", eager)
    next(results)
    results.close()  # as a kill would
    squares(2, 3)
    assert calls() == [2, 3]


def eager(task, items, label):
    """A map function that has computed everything before the first result is asked for."""
    return iter([task(*item) for item in items])


@pytest.mark.parametrize("damage", ["truncated", "changed", "emptied", "deleted", "text"])
def test_a_damaged_result_is_computed_again_and_stored(damage):
    squares(50, 60)
    calls()
    path = entry(50)
    content = path.read_bytes()
    match damage:
        case "truncated":
            path.write_bytes(content[:-1])
        case "changed":
            path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        case "emptied":
            path.write_bytes(b"")
        case "deleted":
            shutil.rmtree(path.parent)
        case "text":
            path.write_text("not a pickle")
    assert_squares(squares(50, 60), 50, 60)
    assert calls() == [50]
    assert_squares(squares(50, 60), 50, 60)
    assert calls() == []


def test_a_deleted_store_is_made_again(folder):
    squares(2)
    shutil.rmtree(folder)
    assert_squares(squares(2), 2)
    assert calls() == [2, 2]
    squares(2)
    assert calls() == []


def test_a_store_that_cannot_be_written_to_costs_nothing_else(folder):
    folder.write_text("a file where the folder should be")
    with pytest.warns(UserWarning):
        assert_squares(squares(2, 3), 2, 3)


def test_a_full_disk_leaves_no_incomplete_result(folder, monkeypatch):
    def fill_disk(value, file, compress):
        file.write(b"incomplete")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("joblib.numpy_pickle.dump", fill_disk)
    with pytest.warns(CacheWarning, match="No space left on device"):
        assert_squares(squares(2, 3), 2, 3)
    assert [path for path in folder.iterdir() if path.is_dir()] == []


def unavailable(number):
    raise Unavailable("gone", "deleted")


def crash(number):
    os.kill(os.getpid(), 11)


def test_failures_are_yielded_and_not_stored():
    (result,) = squares(2, task=unavailable)
    assert result.kind == "deleted"
    (result,) = squares(2, task=crash, each=parallel.map_songs)
    assert isinstance(result, TaskDied)
    assert_squares(squares(2), 2)


def test_the_least_recently_used_result_goes_first(folder):
    settings = yaml.safe_load((REPOSITORY / "params.yaml").read_text())
    shutil.copytree(REPOSITORY / "corpora", "corpora")
    squares(10_000, 20_000, 30_000)
    for age, number in enumerate((30_000, 20_000, 10_000)):
        os.utime(entry(number), (1e9 - age, 1e9 - age))
    squares(10_000)  # the oldest is used again
    assert entry(10_000).stat().st_mtime > 1e9  # noted by us, since a file system may not
    settings["store"]["max_size"] = 0.00045  # GB: 8 bytes a number
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    calls()
    squares(11_000)
    left = {number for number in (10_000, 11_000, 20_000, 30_000) if is_stored(number, folder)}
    assert left == {10_000, 11_000, 30_000}


def is_stored(number, folder):
    return song_results.contains(folder, f"square {number}")


def test_experiments_in_a_copy_of_the_repository_share_its_store(tmp_path, monkeypatch):
    squares(2)
    copy = tmp_path / ".dvc/tmp/exps/copy"
    copy.mkdir(parents=True)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert_squares(squares(2), 2)
    assert calls() == []
    assert not (copy / ".song_results").exists()


def test_large_arrays_are_mapped_and_not_read(folder):
    (result,) = squares(1000)
    assert isinstance(result["array"], np.memmap)
