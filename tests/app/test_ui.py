"""The link that `make ui` prints, in a real browser. Screenshots go to tests/screenshots/."""

import re
import subprocess
import sys
import time

import pytest
from mlflow import MlflowClient

from app import ui
from musicregion.tracking import leaderboard, saved_views, store
from musicregion.tracking.metric_names import SEARCH_VALUE
from tests.app.test_web import browser  # noqa: F401  a fixture
from tests.browser import SCREENSHOTS, needs_browser
from tests.conftest import command, environment, free_port
from tests.prepared import prepared
from tests.servers import PATIENCE, kill, mlflow

LINK = re.compile(r"Leaderboard: (\S+)")


def log_run(client, experiment, model, accuracy):
    """A run as a training leaves it, in short."""
    tags = {"stage": "train", "mlflow.runName": f"{model} mfcc"}
    run = client.create_run(experiment, tags=tags).info.run_id
    client.log_param(run, "model", model)
    client.log_param(run, "features", "mfcc")
    for part in ("validation", "test"):
        client.log_metric(run, f"{part}/song/accuracy", accuracy)
    client.log_metric(run, "another/metric", 1)  # for which the view has no chart
    client.set_terminated(run)
    return run


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with three trainings and a trial in its store."""
    folder = prepared(tmp_path / "project")
    (folder / ".venv").mkdir()
    (folder / ".venv/installed").touch()
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(folder))
    experiment = store.prepare_experiment("folk")
    client = MlflowClient()
    for model, accuracy in (("svm", 0.5), ("cnn", 0.8123), ("dense", 0.7)):
        log_run(client, experiment, model, accuracy)
    log_search(client, experiment)
    return folder


def log_search(client, experiment):
    """A search of two trials, and its view, whose name is "trials" here."""
    search = client.create_run(experiment, tags={"stage": "tune"}).info.run_id
    for number, accuracy in ((0.25, 1), (8.5, 0.25)):
        tags = {"stage": "trial", "mlflow.parentRunId": search}
        trial = client.create_run(experiment, tags=tags).info.run_id
        client.log_param(trial, "svm.C", number)
        client.log_metric(trial, SEARCH_VALUE, accuracy)
        client.set_terminated(trial)
    view = leaderboard.trials_view(search, ["svm.C"])
    saved_views.save_view(client, experiment, "trials", view)


def read_link(process):
    """The link that the command prints."""
    end = time.monotonic() + PATIENCE
    for line in process.stdout:
        if found := LINK.search(line):
            return found[1]
        assert time.monotonic() < end
    return pytest.fail("no link was printed")


@pytest.mark.slow
@needs_browser
def test_the_link_of_make_ui_opens_a_leaderboard(project, browser):  # noqa: F811
    recipe = command("make", "-n", "ui", cwd=project).split()
    process = subprocess.Popen(
        [*recipe, "--port", str(free_port())],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(link := read_link(process))
        first = page.locator(".ag-center-cols-container [row-index='0']")
        first.wait_for(timeout=60_000)
        page.get_by_text("3 matching runs").wait_for()  # the trial is not among them
        assert "MLflow" in page.title()
        cells = first.locator("[col-id]").all_inner_texts()
        assert sorted(text for text in cells if text) == ["0.8123", "0.8123", "cnn", "mfcc"]
        titles = ("model", "features", "validation/song/accuracy", "test/song/accuracy")
        headers = [page.locator(f"[data-testid='sort-header-{title}']") for title in titles]
        positions = [header.bounding_box()["x"] for header in headers]
        assert positions == sorted(positions)
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "leaderboard.png")
        page = browser.new_page(viewport={"width": 1280, "height": 1800})
        page.goto(f"{link}&compareRunsMode=CHART")
        area = page.locator("[data-testid='experiment-view-compare-runs-chart-area']")
        area.get_by_text("training").wait_for(timeout=60_000)
        sections = ("validation/song", "test/song", "calibration/song", "training")
        places = [area.inner_text().index(f"{section}\n") for section in sections]
        assert places == sorted(places)
        address = saved_views.view_path("1", "trials", charts=True)
        page.goto(f"{link.partition('#')[0]}{address}")
        axes = page.locator("text.label")  # of the parallel coordinates
        axes.nth(1).wait_for(timeout=60_000)
        assert axes.all_text_contents() == ["svm.C", SEARCH_VALUE]
        page.screenshot(path=SCREENSHOTS / "trials.png")
    finally:
        kill(process)


@pytest.mark.slow
def test_the_link_of_a_teams_server_is_printed_and_nothing_started(project, tmp_path):
    port = free_port()
    where = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"}
    with mlflow(tmp_path, port):
        said = command("musicregion", "ui", cwd=project, **where)
    assert f"http://127.0.0.1:{port}/#/experiments/1/runs" in said


def test_a_port_that_is_in_use_is_a_sentence(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    with pytest.raises(ui.TrackingError, match="--port 5001"):
        ui.wait_for(f"http://127.0.0.1:{free_port()}", process)


@pytest.mark.parametrize(("variable", "opened"), [("DISPLAY", 1), ("", 0)])
def test_a_link_is_opened_where_there_is_a_desktop(monkeypatch, variable, opened):
    urls = []
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, ":0")
    monkeypatch.setattr(ui.webbrowser, "open", urls.append)
    ui.show("http://127.0.0.1:5000/#/experiments/1/runs")
    assert len(urls) == opened
