"""Hides TensorFlow's notices about processors, which would stand above every progress bar.

Its libraries print some while they are loaded, whatever TF_CPP_MIN_LOG_LEVEL says: see
https://github.com/abseil/abseil-cpp/pull/1957. With TF_CPP_MIN_LOG_LEVEL=0 none is hidden.
"""

import importlib.machinery
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

LEVEL, FATAL = "TF_CPP_MIN_LOG_LEVEL", "3"  # nothing but what ends the process
# "I0000 00:00:1795508297.694496   26384 port.cc:153] oneDNN custom operations are on."
NOTICE = re.compile(
    rb"[IWE]\d{4} \d\d:\d\d:|WARNING: All log messages before absl::|To enable the "
)


@contextmanager
def hide_notices() -> Iterator[None]:
    """Hide the notices of the block, in which TensorFlow is imported, and of what follows it."""
    import tempfile

    os.environ[LEVEL] = FATAL  # for what follows
    saved = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            captured.seek(0)
            os.write(2, b"".join(line for line in captured if not NOTICE.match(line)))


class QuietLoader(importlib.machinery.SourceFileLoader):
    """Imports a module without notices."""

    def exec_module(self, module: ModuleType) -> None:
        with hide_notices():
            super().exec_module(module)


class QuietFinder:
    """Finds TensorFlow where Python does, and has QuietLoader import it."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "tensorflow" or os.environ.get(LEVEL, FATAL) != FATAL:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.origin:
            spec.loader = QuietLoader(name, spec.origin)
        return spec


def install() -> None:
    """Hide the notices of this process, whichever module or package imports TensorFlow."""
    if not any(isinstance(finder, QuietFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, QuietFinder())
