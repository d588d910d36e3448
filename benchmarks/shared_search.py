"""`python -m benchmarks.shared_search`: do four processes share a search well, and is a trial lost?

TRIALS of a logistic regression on the features in data/ (`dvc repro`), by PROCESSES of `python -m
stages.tune` with one database in PostgreSQL; MLflow's store is SQLite. In a second search one
process is killed on the way. Idle is what is left of the processes' time without the trials. Writes
benchmarks/results/shared_search.json.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import optuna
import yaml
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from benchmarks.postgres_server import postgres
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.config.params import PARAMS
from musicregion.errors import InputError

RESULT = RESULTS / "shared_search.json"
PROCESSES, TRIALS = 4, 200
CHANGES = {"model": "logistic", "tune": {"trials": TRIALS, "pruner": "none"}}
SEARCHES = {"four processes": False, "four processes, one killed": True}  # whether one is killed
PAUSE = 0.2  # seconds between two looks at the study


def copy_repository(folder: Path) -> None:
    """A clone of the last commit with the work tree's data and params, and CHANGES."""
    subprocess.run(["git", "clone", "-q", ".", str(folder)], check=True)
    (folder / "data").symlink_to(Path("data").resolve())
    settings = yaml.safe_load(PARAMS.read_text())
    for name, value in CHANGES.items():
        settings[name] = settings[name] | value if isinstance(value, dict) else value
    (folder / PARAMS).write_text(yaml.safe_dump(settings, sort_keys=False))
    (folder / "results").mkdir(exist_ok=True)


def ended_trials(storage: RDBStorage) -> list[optuna.trial.FrozenTrial]:
    """The trials of the only study that are complete."""
    summaries = optuna.get_all_study_summaries(storage)
    if not summaries:
        return []
    study = optuna.load_study(study_name=summaries[0].study_name, storage=storage)
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def measure_search(database: str, killed: bool) -> dict[str, float]:
    """One search. database: the address of an empty one. killed: whether a process dies half-way.

    Raises:
        InputError: a process failed.
    """
    wanted = CHANGES["tune"]["trials"]  # type: ignore[index]
    storage = RDBStorage(database)  # one for all looks: each keeps its connection
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "repository")
        copy_repository(folder)
        variables = {
            "OPTUNA_STORAGE": database,
            "MLFLOW_TRACKING_URI": f"sqlite:///{temporary}/mlflow.db",
            "PYTHONPATH": str(folder),
        }
        start = time.monotonic()
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "stages.tune"],
                cwd=folder,
                env=os.environ | variables,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
            for _ in range(PROCESSES)
        ]
        if killed:
            while len(ended_trials(storage)) < wanted / 2 and processes[0].poll() is None:
                time.sleep(PAUSE)
            processes[0].kill()
        for process in processes:
            errors = process.communicate()[1]
            if process.returncode and not (killed and process is processes[0]):
                raise InputError(f"A search failed: {errors[-2000:]}")
        seconds = time.monotonic() - start
    trials = ended_trials(storage)
    at_work = sum(trial.duration.total_seconds() for trial in trials if trial.duration)
    first = min(trial.datetime_start for trial in trials if trial.datetime_start)
    last = max(trial.datetime_complete for trial in trials if trial.datetime_complete)
    between = (last - first).total_seconds()
    return {
        "trials": len(trials),
        "lost": max(0, wanted - len(trials)),
        "seconds": round(seconds, 1),
        "trials_a_minute": round(60 * len(trials) / between),
        "idle": round(1 - at_work / (between * PROCESSES), 2),
    }


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    rows = []
    for name, killed in SEARCHES.items():
        with postgres("search") as url:
            rows.append({"search": name} | measure_search(f"{url}/search", killed))
    print_table(list(rows[0]), (row.values() for row in rows))
    write_json(RESULT, rows)
    print_source("shared_search", RESULT)


if __name__ == "__main__":
    run(main)
