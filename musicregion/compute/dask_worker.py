"""Brings a Dask worker into a repository's folder, with the code that lies there now.

A worker lives longer than the code: without this it would go on with the modules of its first task,
or in the folder of another experiment.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path


def source_digest(folder: Path) -> str:
    """Digest of the project's sources, names included."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("musicregion/**/*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def preparation(folder: Path, versions: dict[str, str]) -> Callable[[], str]:
    """A function for a worker's process to call before each task; returns a complaint, or "".

    versions: of the packages that decide what a task returns.
    """
    wanted = str(folder), source_digest(folder)

    def settle(dask_worker: object = None) -> str:  # given where it runs outside of a task
        # sent whole, so it imports all that it needs
        import os
        import sys
        from importlib.metadata import PackageNotFoundError, version

        from distributed import get_worker

        worker = dask_worker or get_worker()
        where, _ = wanted
        if not os.path.isdir(f"{where}/musicregion"):  # noqa: PTH112
            return (
                f"it does not see {where}. Workers must share this folder, under the same path: "
                "mount it there, or start the workers on this machine."
            )
        if worker.state.nthreads > 1:
            return (
                "it has several threads, of which one that hangs would stop the others. Start "
                "workers with --nthreads 1, as many as there are cores."
            )
        os.chdir(where)
        if getattr(worker, "settled", None) == wanted:
            return ""
        for name, own in versions.items():
            try:
                its = version(name)
            except PackageNotFoundError:
                its = "not installed"
            if its != own:
                return f"it has {name} {its}, this machine {own}. Install requirements.txt there."
        ours = ("musicregion", "tests")
        for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
            del sys.modules[name]
        sys.path[:] = [where, *(path for path in sys.path if path != where)]
        worker.settled = wanted
        return ""

    return settle
