"""Stages that run in a folder of their own, and note which songs they work on."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

from benchmarks.traced_task import TRACE
from musicregion.errors import InputError
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS, MUSICNN_WEIGHTS

SONGS = 40  # each of the six regions has three, one for each fold
RUN_TRACED = """
import runpy, sys
from benchmarks.traced_task import TracedTask
from musicregion.storage import song_results
song_results.StoredTask = TracedTask
sys.argv[:] = [sys.argv[1]]
runpy.run_module(f"stages.{sys.argv[0]}", run_name="__main__")
"""


def lay_out(folder: Path) -> None:
    """What the stages need: code, which the model is logged with, params and networks' weights."""
    for name in ("musicregion", "stages", "corpora"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings |= {"corpus": "folk", "model": "svm"}
    settings["folk"] |= {"songs": SONGS, "seconds": [11, 14]}
    settings["split"]["folds"] = 3
    settings["transcribe"]["songs"] = "all"
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    for weights in (MUSICNN_WEIGHTS, BASIC_PITCH_WEIGHTS):
        if weights.is_file():  # or else the stage fetches them
            (folder / weights).parent.mkdir(parents=True)
            shutil.copy(weights, folder / weights)


def start_stage(folder: Path, stage: str, features: str) -> subprocess.Popen[str]:
    """Start a stage in a process group of its own; tasks on songs are noted in TRACE."""
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"features": features}))
    (folder / TRACE).unlink(missing_ok=True)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DVC_", "MLFLOW_", "DASK_"))
    }
    return subprocess.Popen(
        [sys.executable, "-c", RUN_TRACED, stage],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run_stage(folder: Path, stage: str, features: str) -> tuple[float, set[str]]:
    """Run a stage to its end; seconds, and the keys of the songs that it worked on.

    Raises:
        InputError: it failed; the message ends with its output.
    """
    start = time.perf_counter()
    process = start_stage(folder, stage, features)
    output = process.communicate()[0]
    if process.returncode:
        raise InputError(f"{stage} ({features}) failed:\n{output}")
    return time.perf_counter() - start, read_trace(folder)


def read_trace(folder: Path) -> set[str]:
    """Keys of the songs that the last stage worked on."""
    return set((folder / TRACE).read_text().split()) if (folder / TRACE).is_file() else set()


def output_paths(folder: Path, stage: str, features: str) -> list[Path]:
    """The outputs of a stage as dvc.yaml names them."""
    entry = yaml.safe_load(Path("dvc.yaml").read_text())["stages"][stage]
    names = [name for kind in ("outs", "metrics", "plots") for name in entry.get(kind, [])]
    texts = [name if isinstance(name, str) else next(iter(name)) for name in names]
    return [folder / text.replace("${features}", features) for text in texts]


def checksums(folder: Path, stage: str, features: str) -> dict[str, str]:
    """The SHA-256 of every file among a stage's outputs."""
    files: list[Path] = []
    for path in output_paths(folder, stage, features):
        files += [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def remove_outputs(folder: Path, stage: str, features: str) -> None:
    """Remove a stage's outputs, as DVC does before it runs the stage."""
    for path in output_paths(folder, stage, features):
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
