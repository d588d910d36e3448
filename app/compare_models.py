"""`musicregion compare-models`: trains svm, dense, dense_deep and cnn, and says which is better.

Each is a DVC experiment, compare-<model>, made from the committed params: what earlier experiments
left in params.yaml does not count, and the work tree stays as it is. Two run at a time. What DVC's
cache holds is not trained again.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

from app import ui
from app.compare import load_predictions
from app.comparison_logs import STARTED, experiment_name, failure_reason, read_lines
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


def run_experiment(model: str, settings: list[str], setup: Lock, show: Callable) -> None:
    """Run one model's experiment in DVC's temporary folder; it exists if it has succeeded.

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


def run_models() -> None:
    """Run the experiments, some at a time, with a line of progress each."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    shutil.rmtree(COMPARISON_LOGS, ignore_errors=True)
    COMPARISON_LOGS.mkdir(parents=True)
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

        def run_and_show(model: str) -> None:
            task = progress.add_task(experiment_name(model), total=1, status="setting up")
            run_experiment(model, settings, setup, partial(progress.update, task))
            progress.update(task, completed=1)

        list(pool.map(run_and_show, MODELS))


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
    run_models()
    experiments = list_experiments()
    print_experiments(experiments)
    revs = {row.name: row.rev for row in experiments if row.baseline == head}
    print(describe_pairs(revs))
    print(f"\nIn MLflow (make ui): {ui.update_leaderboard()}")
    reasons = [failure_reason(model) for model in MODELS if experiment_name(model) not in revs]
    if reasons:
        raise TrainingError("\n".join(["compare-models: not all models were trained.", *reasons]))
