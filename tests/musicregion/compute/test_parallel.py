import os
import time

import pytest

from musicregion.compute import guards, parallel
from musicregion.errors import TaskDied


def square(number: int) -> int:
    if number in (5, 17):
        os.kill(os.getpid(), 11)
    return number**2


def stall(number: int) -> int:
    def blocks():
        yield 0
        time.sleep(60 * (number == 3))
        yield 1

    guards.STALL = 1
    return number + sum(guards.watched(blocks()))


def refuse(number: int) -> int:
    raise ValueError(f"not {number}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_crashes_costs_its_own_result_alone(jobs):
    results = list(parallel.map_songs(square, [(number,) for number in range(20)], "test", jobs))
    for number, result in enumerate(results):
        if number in (5, 17):
            assert isinstance(result, TaskDied)
        else:
            assert result == number**2
    assert len(results) == 20


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_hangs_is_ended(jobs):
    results = list(parallel.map_songs(stall, [(number,) for number in range(6)], "test", jobs))
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3, 5, 6]
    assert isinstance(results[3], TaskDied)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_exception_of_a_task_is_raised(jobs):
    with pytest.raises(ValueError, match=r"not [01]"):  # of two at a time, whichever is first
        list(parallel.map_songs(refuse, [(0,), (1,)], "test", jobs))


def test_nothing_to_do_is_done():
    assert list(parallel.map_songs(square, [], "test")) == []


def test_progress_is_shown(capfd):
    list(parallel.map_songs(square, [(1,), (2,)], "squares"))
    assert "squares" in capfd.readouterr().err
