import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from musicregion.compute import guards, parallel
from musicregion.errors import TaskDied
from tests.conftest import REPOSITORY


def square(number: int) -> int:
    if number in (5, 17):
        os.kill(os.getpid(), 11)
    return number**2


def crash_if_odd(number: int) -> int:
    if number % 2:
        os._exit(1)
    return number


def stall(number: int) -> int:
    def blocks():
        yield 0
        time.sleep(60 * (number == 3))
        yield 1

    guards.STALL = 1
    return number + sum(guards.watched(blocks()))


def wait_for_file(number: int, folder: str) -> int:
    """The first task waits for a file; each other one leaves a file."""
    path = f"{folder}/{number}"
    if number:
        open(path, "w").close()  # noqa: PTH123
    while not os.path.exists(path):  # noqa: PTH110
        time.sleep(0.02)
    return number


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


def test_tasks_that_crash_at_once_do_not_cost_their_neighbours_results():
    results = list(parallel.map_songs(crash_if_odd, [(number,) for number in range(60)], "t", 3))
    assert results[::2] == list(range(0, 60, 2))
    assert all(isinstance(result, TaskDied) for result in results[1::2])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_hangs_is_ended(jobs):
    results = list(parallel.map_songs(stall, [(number,) for number in range(6)], "test", jobs))
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3, 5, 6]
    assert isinstance(results[3], TaskDied)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_exception_of_a_task_is_raised(jobs):
    with pytest.raises(ValueError, match=r"not [01]"):  # of two at a time, whichever is first
        list(parallel.map_songs(refuse, [(0,), (1,)], "test", jobs))


def test_after_an_exception_no_process_is_left():
    with pytest.raises(ValueError, match="not 0"):
        list(parallel.map_songs(refuse, [(0,)] * 8, "test", 2))
    assert not multiprocessing.active_children()


def test_a_script_is_not_run_again_and_may_define_its_task(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from musicregion.compute import isolated, parallel\n"
        "print('started')\n"
        "def double(number): return 2 * number\n"
        "print(list(parallel.map_songs(double, [(1,), (2,)], 'double')))\n"
        "print(isolated.call_isolated(double, 3))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "started\n[2, 4]\n6\n", done.stderr


def test_nothing_to_do_is_done():
    assert list(parallel.map_songs(square, [], "test")) == []


def test_progress_is_shown(capfd):
    list(parallel.map_songs(square, [(1,), (2,)], "squares"))
    assert "squares" in capfd.readouterr().err


def test_a_package_of_the_same_name_elsewhere_does_not_hide_a_task(tmp_path):
    (tmp_path / "installed/chores").mkdir(parents=True)  # on the path of every new interpreter
    here = tmp_path / "here"
    (here / "chores").mkdir(parents=True)
    (here / "chores/__init__.py").touch()
    (here / "chores/squares.py").write_text("def square(number):\n    return number**2\n")
    (here / "script.py").write_text(
        "from chores.squares import square\n"
        "from musicregion.compute.parallel import map_songs\n"
        "print(list(map_songs(square, [(2,), (3,)], 'test')))\n"
    )
    variables = os.environ | {"PYTHONPATH": f"{tmp_path / 'installed'}{os.pathsep}{REPOSITORY}"}
    script = [sys.executable, str(here / "script.py")]
    done = subprocess.run(script, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.stdout == "[4, 9]\n", done.stderr


def test_tasks_wait_for_a_slow_one_before_them(tmp_path):
    items = [(number, str(tmp_path)) for number in range(40)]
    results = parallel.map_songs(wait_for_file, items, "test", jobs=2)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(next, results)
        done = [0]
        while done[-1] == 0 or done[-1] > done[-2]:  # until no more are begun
            time.sleep(1)
            done.append(len(list(tmp_path.iterdir())))
        (tmp_path / "0").touch()
        assert [first.result(), *results] == list(range(40))
    assert done[-1] < 2 * parallel.AHEAD
