"""A guard against tasks that hang, from within their own process."""

import faulthandler
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

STALL = 30  # seconds without progress after which a task's process ends itself
Block = TypeVar("Block")


def watched(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield `blocks`; end this process if one takes longer than STALL seconds to come.

    A thread in C ends it, which even a decoder that never returns to Python cannot prevent.
    """
    iterator = iter(blocks)
    with Path(os.devnull).open("w") as devnull:
        try:
            while True:
                faulthandler.dump_traceback_later(STALL, exit=True, file=devnull)
                try:
                    block = next(iterator)
                except StopIteration:
                    return
                finally:
                    faulthandler.cancel_dump_traceback_later()
                yield block
        finally:
            faulthandler.cancel_dump_traceback_later()
