"""`python -m benchmarks.kill`: kills stages at random moments, and counts what it costs.

On a small folk corpus: a stage starts without outputs and with an empty store, SIGKILL ends all its
processes, and it runs again. Then its outputs must be those of an undisturbed run. Songs that both
runs worked on are counted. Writes kills, kills_equal (after how many the outputs were equal) and
kills_lost_songs (the most of one kill) of results/record.json.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import yaml
from tqdm import tqdm

from benchmarks.record import RESULT, update_record
from benchmarks.report import print_source, print_table
from benchmarks.traced_task import TRACE
from musicregion.command import run
from musicregion.errors import InputError
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS, MUSICNN_WEIGHTS

KILLS, SEED = 30, 0
SONGS = 40  # each of the six regions has three, one for each fold
# (stage, features)
PIPELINE = (
    *(("download", "mfcc"), ("segment", "mfcc"), ("fingerprint", "mfcc"), ("split", "mfcc")),
    *(("features", "mfcc"), ("features", "musicnn"), ("transcribe", "mfcc")),
    *(("tune", "mfcc"), ("train", "mfcc")),
)
KILLED = tuple(entry for entry in PIPELINE if entry[0] != "tune")
RUN_TRACED = """
import runpy, sys
from benchmarks.traced_task import TracedTask
from musicregion.storage import song_results
song_results.StoredTask = TracedTask
sys.argv[:] = [sys.argv[1]]
runpy.run_module(f"stages.{sys.argv[0]}", run_name="__main__")
"""


@dataclass
class Outcome:
    """Of the kills of one stage."""

    seconds: float  # of an undisturbed run
    twice: list[int] = field(default_factory=list)  # songs that two runs worked on, by kill
    equal: int = 0  # kills after which the outputs were those of an undisturbed run


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


def kill_stage(folder: Path, stage: str, features: str, seconds: float) -> set[str] | None:
    """Kill a stage a while after its start; the songs that it worked on, None if it had ended."""
    process = start_stage(folder, stage, features)
    time.sleep(seconds)
    ended = process.poll() is not None
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return None if ended else read_trace(folder)


def kill_and_run_again(
    folder: Path, stage: str, features: str, expected: dict[str, str], outcome: Outcome
) -> None:
    """Kill a stage once, run it again, and add what came of it to its outcome."""
    first = None
    while first is None:
        remove_outputs(folder, stage, features)
        shutil.rmtree(folder / ".song_results", ignore_errors=True)
        first = kill_stage(folder, stage, features, random.uniform(0, outcome.seconds))
    remove_outputs(folder, stage, features)
    _, second = run_stage(folder, stage, features)
    outcome.twice.append(len(first & second))
    outcome.equal += checksums(folder, stage, features) == expected


def measure_kills(folder: Path, kills: int) -> dict[tuple[str, str], Outcome]:
    """Kill each stage of KILLED in turn, so many times in all; what came of it."""
    lay_out(folder)
    outcomes, expected = {}, {}
    for entry in tqdm(PIPELINE, "undisturbed", unit="stage"):
        outcomes[entry] = Outcome(run_stage(folder, *entry)[0])
        expected[entry] = checksums(folder, *entry)
    random.seed(SEED)
    for number in tqdm(range(kills), "kill", unit="kill"):
        entry = KILLED[number % len(KILLED)]
        kill_and_run_again(folder, *entry, expected[entry], outcomes[entry])
    return {entry: outcomes[entry] for entry in KILLED}


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        outcomes = measure_kills(Path(temporary), KILLS)
    rows = [
        (
            *(stage, features if stage == "features" else "", len(result.twice), result.equal),
            *(max(result.twice, default=0), sum(result.twice), f"{result.seconds:.1f}"),
        )
        for (stage, features), result in outcomes.items()
    ]
    titles = ("stage", "features", "kills", "equal outputs", "most songs twice", "all", "seconds")
    print_table(titles, rows)
    kills, equal, twice = (sum(row[column] for row in rows) for column in (2, 3, 5))
    most = max(row[4] for row in rows)
    print(
        f"\n{kills} kills: outputs equal after {equal}; {twice} songs done twice, at most {most} "
        f"of a kill, with {joblib.cpu_count()} workers"
    )
    update_record({"kills": kills, "kills_equal": equal, "kills_lost_songs": most})
    print_source("kill", RESULT)


if __name__ == "__main__":
    run(main)
