"""Maps a task over songs: only those are computed that have no stored result."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import compress, islice
from pathlib import Path

import joblib

from musicregion.compute import parallel
from musicregion.errors import TaskDied, Unavailable
from musicregion.storage import song_results
from musicregion.storage.paths import song_results_folder
from musicregion.storage.song_results import Result

AHEAD = 32  # stored results that are open at a time
MapFunction = Callable[[Callable, Iterable[tuple], str], Iterator]


def map_stored(
    task: Callable[..., Result],
    keys: Sequence[str],
    items: Sequence[tuple],
    label: str,
    each: MapFunction = parallel.map_songs,
) -> Iterator[Result | Unavailable | TaskDied]:
    """Yield task(*item) for each item: the stored result of its key, or else computed and stored.

    Arrays of stored results are memory-mapped. If a task dies or raises Unavailable, that is
    yielded in place of its result.

    keys: one for each item; "" if its result is not to be stored.
    each: maps the task over the items without a stored result, as parallel.map_songs does.
    """
    folder = song_results_folder()
    stored_task = song_results.StoredTask(task, folder)
    is_new = [not (key and song_results.contains(folder, key)) for key in keys]
    stored = _load_ahead(folder, [key for key, new in zip(keys, is_new, strict=True) if not new])
    calls = [(key, *item) for key, item in zip(keys, items, strict=True)]
    computed = each(stored_task, list(compress(calls, is_new)), label)
    for call, new in zip(calls, is_new, strict=True):
        result = next(computed) if new else next(stored)
        if new and result is None:
            result = song_results.load(folder, call[0])
        if result is None:  # damaged, or deleted meanwhile
            (result,) = each(stored_task, [("", *call[1:])], label)
            if not isinstance(result, Unavailable | TaskDied):
                song_results.store(folder, call[0], result)
        yield result
    next(computed, None)  # ends the progress bar
    if any(is_new):
        song_results.remove_least_recently_used()


def _load_ahead(folder: Path, keys: list[str]) -> Iterator[Result | None]:
    """song_results.load for each key, checked in threads, some before it is their turn."""
    pool = ThreadPoolExecutor(joblib.cpu_count())
    load = partial(song_results.load, folder)
    remaining = iter(keys)
    waiting = deque(pool.submit(load, key) for key in islice(remaining, AHEAD))

    def results() -> Iterator[Result | None]:
        try:
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(load, key) for key in islice(remaining, 1))
        finally:
            pool.shutdown(cancel_futures=True)

    return results()
