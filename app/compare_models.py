"""`musicregion compare-models`: trains svm, dense, dense_deep and cnn, and says which is better.

Each is a DVC experiment, compare-<model>, made from the committed params: what earlier experiments
left in params.yaml does not count, and the work tree stays as it is. Two run at a time. What DVC's
cache holds is not trained again.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock

from app import ui
from app.compare import load_predictions
from app.table import print_experiments
from musicregion.config.committed import committed_settings
from musicregion.errors import TrainingError
from musicregion.evaluation.compare_runs import compare_predictions, describe_comparison
from musicregion.storage.paths import COMPARISON_LOGS
from musicregion.tracking.experiments import head_commit, list_experiments, remove_experiments

MODELS = ("dense", "cnn", "dense_deep", "svm")  # the slowest first
PAIRS = (("svm", "dense"), ("svm", "dense_deep"), ("svm", "cnn"), ("dense", "cnn"))
JOBS = 2
PAUSE = 0.2  # seconds between two looks at a log
STARTED = "Reproducing experiment"  # DVC is no longer busy with the work tree when it prints this


def experiment_name(model: str) -> str:
    """The DVC experiment of a model."""
    return f"compare-{model}"


def read_lines(log: Path) -> list[str]:
    """The lines of a log, of progress bars each state, without control sequences; at least one."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", log.read_text(errors="replace"))
    return [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()] or [""]


def failure_reason(log: Path) -> str:
    """What a stage said before it failed, or else DVC's own error."""
    lines = read_lines(log)
    errors = [number for number, line in enumerate(lines) if line.startswith("ERROR")]
    if not errors:
        return lines[-1]
    first = errors[0]
    return lines[first - 1 if first and "failed to reproduce" in lines[first] else first]


def run_experiment(model: str, settings: list[str], setup: Lock, show: Callable) -> bool:
    """Run one model's experiment in DVC's temporary folder; whether it succeeded.

    setup: DVC stashes the work tree for a moment, and one process at a time may do that.
    show: called with the latest line of the experiment's output, as `status`.
    """
    log = COMPARISON_LOGS / f"{model}.log"
    words = ["--wait-for-lock", "exp", "run", "--temp", "--name", experiment_name(model)]
    words += [*settings, "-S", f"model={model}"]
    with log.open("wb") as output:
        with setup:
            process = subprocess.Popen(
                [sys.executable, "-m", "dvc", *words], stdout=output, stderr=subprocess.STDOUT
            )
            while process.poll() is None and STARTED not in log.read_text(errors="replace"):
                time.sleep(PAUSE)
        while process.poll() is None:
            show(status=read_lines(log)[-1])
            time.sleep(PAUSE)
    show(status="done" if process.returncode == 0 else f"failed, see {log}")
    return process.returncode == 0


def run_models() -> list[str]:
    """Run the experiments, some at a time, with a line of progress each; the models that failed."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    COMPARISON_LOGS.mkdir(parents=True, exist_ok=True)
    remove_experiments([experiment_name(model) for model in MODELS])
    settings, setup = committed_settings(), Lock()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[status]}", markup=False, table_column=Column(no_wrap=True)),
    )
    with (
        Progress(*columns, console=Console(stderr=True)) as progress,
        ThreadPoolExecutor(JOBS) as pool,
    ):

        def run_and_show(model: str) -> bool:
            task = progress.add_task(experiment_name(model), total=1, status="setting up")
            success = run_experiment(model, settings, setup, partial(progress.update, task))
            progress.update(task, completed=1)
            return success

        succeeded = list(pool.map(run_and_show, MODELS))
    return [model for model, success in zip(MODELS, succeeded, strict=True) if not success]


def describe_pairs(revs: dict[str, str]) -> str:
    """The networks against the yardstick, and dense against cnn, in words.

    revs: the git commit of each experiment, by its name.
    """
    texts = []
    for pair in PAIRS:
        a, b = map(experiment_name, pair)
        if a in revs and b in revs:
            predictions = load_predictions(revs[a]), load_predictions(revs[b])
            texts.append(describe_comparison(compare_predictions(*predictions), a, b))
    return "\n\n".join(texts)


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        TrainingError: an experiment failed; the others were run and compared all the same.
        TrackingError: DVC's experiments cannot be read.
    """
    argparse.ArgumentParser(
        prog="musicregion compare-models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    head = head_commit()
    failed = run_models()
    experiments = list_experiments()
    print_experiments(experiments)
    print(describe_pairs({row.name: row.rev for row in experiments if row.baseline == head}))
    print(f"\nIn MLflow (make ui): {ui.update_leaderboard()}")
    if failed:
        logs = [COMPARISON_LOGS / f"{model}.log" for model in failed]
        reasons = [f"{log}: {failure_reason(log)}" for log in logs]
        raise TrainingError("\n".join(["compare-models: not all models were trained.", *reasons]))
