import os
import signal
import threading
import time

import pytest

from musicregion.compute import isolated
from musicregion.errors import TaskDied, Undecodable


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def answer(number):
    return number + 1


def fail(text):
    raise Undecodable(text)


def test_a_task_that_crashes_costs_only_its_own_result():
    with pytest.raises(TaskDied, match="crashed"):
        isolated.call_isolated(crash)
    assert isolated.call_isolated(answer, 1) == 2


def test_a_task_that_hangs_is_ended():
    start = time.monotonic()
    with pytest.raises(TaskDied, match=r"within 0\.5 s"):
        isolated.call_isolated(time.sleep, 60, seconds=0.5)
    assert time.monotonic() - start < 20


def test_what_a_task_raises_is_raised():
    with pytest.raises(Undecodable, match="silent"):
        isolated.call_isolated(fail, "silent")


def test_what_cannot_be_sent_back_is_an_error():
    with pytest.raises(TypeError, match="lock"):
        isolated.call_isolated(threading.Lock)


def test_processes_are_forked_from_a_server_which_imports_once():
    servers = {isolated.call_isolated(os.getppid) for _ in range(3)}
    assert len(servers) == 1
    assert servers != {os.getpid()}


def test_results_come_in_the_items_order_with_exceptions_in_their_place():
    results = list(isolated.map_isolated(answer, [(number,) for number in range(5)] + [("a",)], 2))
    assert results[:5] == [1, 2, 3, 4, 5]
    assert isinstance(results[5], TypeError)


def test_a_task_cannot_take_all_memory():
    with pytest.raises(MemoryError):
        isolated.call_isolated(bytearray, isolated.MEMORY)
