"""Brings a Dask worker into a repository's folder, with the code that is there now.

A worker outlives changes of the code: without this it would go on with the modules of its first
task, or in the folder of another experiment.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

# of a task: its result, the exception that it raised, and why the worker cannot do the work
Outcome = tuple[object, BaseException | None, str]


def source_digest(folder: Path) -> str:
    """Digest of the project's sources, names included."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("musicregion/**/*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def preparation(folder: Path, versions: dict[str, str]) -> Callable[..., str]:
    """A function for a worker's process to call before each task; returns a complaint, or "".

    versions: of the packages that decide what a task returns.
    """
    wanted = str(folder), source_digest(folder)

    def prepare(dask_worker: object = None) -> str:  # passed in if it runs outside of a task
        # pickled by value, since a worker may not find our modules: so it imports all that it needs
        import os
        import sys
        from importlib.metadata import PackageNotFoundError, version
        from typing import Any

        from distributed import get_worker

        worker: Any = dask_worker or get_worker()
        root, _ = wanted
        if not os.path.isdir(f"{root}/musicregion"):  # noqa: PTH112
            return (
                f"it does not see {root}. Workers must share this folder, under the same path: "
                "mount it there, or start the workers on this machine."
            )
        if worker.state.nthreads > 1:
            return (
                "it has several threads, of which one that hangs would stop the others. Start "
                "workers with --nthreads 1, as many as there are cores."
            )
        os.chdir(root)
        if getattr(worker, "prepared", None) == wanted:
            return ""
        for name, here in versions.items():
            try:
                there = version(name)
            except PackageNotFoundError:
                there = "not installed"
            if there != here:
                return (
                    f"it has {name} {there}, this machine {here}. Install requirements.txt there."
                )
        ours = ("musicregion", "tests")
        for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
            del sys.modules[name]
        sys.path[:] = [root, *(path for path in sys.path if path != root)]
        worker.prepared = wanted
        return ""

    return prepare


def task_runner(prepare: Callable[..., str]) -> Callable[[bytes], Outcome]:
    """A function that runs a pickled (task, arguments) in a worker, after preparing it."""

    def run(packed: bytes) -> Outcome:
        import pickle  # this function, too, is pickled by value

        complaint = prepare()
        if complaint:
            return None, None, complaint
        task, arguments = pickle.loads(packed)
        try:
            return task(*arguments), None, ""
        except Exception as error:  # raised here, Dask would take it for its own
            return None, error, ""

    return run
