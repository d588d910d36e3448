"""`python -m benchmarks.leaderboard`: does MLflow's leaderboard open quickly after 1,000 runs?

Copies of the newest training in MLflow's store (`dvc repro`), with all its metrics, params and
tags, in a store of SQLite; MLflow's server as `musicregion ui` starts it; and Chromium, from the
link to the best run's row, each time in a new window. Writes benchmarks/results/leaderboard.json.
"""

import os
import shutil
import statistics
import tempfile
import time

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag
from tqdm import trange

from app import ui
from benchmarks.dask_servers import free_port
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.errors import InputError
from musicregion.tracking import leaderboard, store
from musicregion.tracking.metric_names import HEADLINE

RESULT = RESULTS / "leaderboard.json"
RUNS = (10, 100, 1000)
OPENED = 5  # times
ROW = ".ag-center-cols-container [row-index='0']"
EXPERIMENT = "folk"
PATIENCE = 60_000  # milliseconds


def newest_training() -> Run:
    """The run that is copied.

    Raises:
        InputError: there is none.
    """
    store.connect()
    client = MlflowClient()
    experiments = [item.experiment_id for item in client.search_experiments()]
    runs = client.search_runs(experiments, "tags.stage = 'train'", max_results=1)
    if not runs:
        raise InputError("MLflow's store has no training. `dvc repro` makes one.")
    return runs[0]


def accuracy(number: int) -> float:
    """Of a copy; its first two decimals are the same cut or rounded."""
    return 0.1111 + number / 10_000


def copy_run(client: MlflowClient, experiment: str, source: Run, number: int) -> None:
    """A run with the same entries; each is a little better than the one before."""
    created = client.create_run(experiment, run_name=f"run {number}").info.run_id
    values = source.data.metrics | {HEADLINE: accuracy(number)}
    metrics = [Metric(name, value, 0, 0) for name, value in values.items()]
    params = [Param(name, value) for name, value in source.data.params.items()]
    tags = [
        RunTag(name, value)
        for name, value in source.data.tags.items()
        if not name.startswith("mlflow.")
    ]
    client.log_batch(created, metrics=metrics, params=params[:100], tags=tags)
    client.set_terminated(created)


def open_leaderboard(link: str, runs: int) -> float:
    """Seconds from the link to the row of the best run, median of new windows."""
    from playwright.sync_api import sync_playwright

    seconds = []
    with sync_playwright() as play:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(OPENED):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            start = time.perf_counter()
            page.goto(link)
            row = page.locator(ROW)
            row.wait_for(timeout=PATIENCE)
            page.get_by_text(f"{accuracy(runs - 1):.2f}").first.wait_for(timeout=PATIENCE)
            seconds.append(time.perf_counter() - start)
            page.close()
        browser.close()
    return statistics.median(seconds)


def main() -> None:
    source = newest_training()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        uri = f"sqlite:///{temporary}/mlflow.db"
        os.environ.update(DVC_ROOT=temporary, MLFLOW_TRACKING_URI=uri)
        experiment = store.prepare_experiment(EXPERIMENT)
        client = MlflowClient()
        leaderboard.write_leaderboard(EXPERIMENT)
        port = free_port()
        server = f"http://{ui.HOST}:{port}"
        link = leaderboard.leaderboard_url(experiment, server)
        with ui.start_server(uri, port) as process:
            try:
                ui.wait_for(server, process)
                done = 0
                for runs in RUNS:
                    for number in trange(done, runs, desc="runs", leave=False):
                        copy_run(client, experiment, source, number)
                    done = runs
                    rows.append({"runs": runs, "seconds": round(open_leaderboard(link, runs), 2)})
            finally:
                process.terminate()
    entries = len(source.data.metrics), len(source.data.params), len(source.data.tags)
    print(f"Each run has {entries[0]} metrics, {entries[1]} params and {entries[2]} tags.\n")
    print_table(["runs", "seconds"], (row.values() for row in rows))
    write_json(RESULT, rows)
    print_source("leaderboard", RESULT)


if __name__ == "__main__":
    run(main)
