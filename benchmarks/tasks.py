"""Many tasks in several processes, all of which a benchmark needs."""

from collections.abc import Callable, Iterable
from typing import Any

from musicregion.compute import parallel
from musicregion.errors import TaskDied


def map_all(task: Callable, items: Iterable[tuple], label: str) -> list[Any]:
    """task(*item) of all items, in their order, computed in several processes.

    Raises:
        TaskDied: the process of a task crashed or hung.
    """
    results = list(parallel.map_songs(task, items, label))
    if died := [result for result in results if isinstance(result, TaskDied)]:
        raise TaskDied(f"{label}: {len(died)} of {len(results)} tasks failed. First: {died[0]}")
    return results
