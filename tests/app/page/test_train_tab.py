"""The tab that trains in a real browser: from the form to the report, stopped, and found again."""

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest
import soundfile

from app.page.training_run import last_training
from musicregion.config import corpus
from tests.app.test_web import (  # noqa: F401  a fixture
    browser,
    serving,
    take_screenshot,
)
from tests.browser import GRADIO, SIZES, accessibility_violations, needs_browser, seconds_played
from tests.conftest import RATE, command, copy_repository, tone
from tests.prepared import write_params

SOURCES = "Folders and links of playlists, one in each line"
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A repository without a model, with two folders of songs."""
    project = copy_repository(tmp_path_factory.mktemp("train") / "project")
    for number in range(24):
        region, pitch = ("coast", 300) if number % 2 else ("hills", 900)
        path = project / f"music/{region}/song{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(2, pitch + 9 * number), RATE)
    small = ("model=svm", "segment.window=1", "split.folds=3", "train.epochs=9999")
    write_params(project, *small, "train.patience=9999")
    command("git", "commit", "-qam", "small", cwd=project)
    return project


@contextmanager
def opened(browser, url, size="desktop", **options):  # noqa: F811
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    page.name = size
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    page.click("button[role=tab]:has-text('Train')")
    yield page
    assert [asked for asked in requests if not asked.startswith((url, "data:", "blob:"))] == []
    context.close()


def assert_readable(page, name):
    page.wait_for_timeout(500)  # for what fades in
    take_screenshot(page, name)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert accessibility_violations(page, GRADIO) == []


def fill_form(page):
    page.wait_for_selector("#add-region")
    page.fill("#corpus input", "mine")
    page.keyboard.press("Enter")
    page.get_by_label("Region 1", exact=True).fill("Coast")
    page.get_by_label(f"{SOURCES} (1)").fill("music/none")
    page.click("#add-region")
    page.get_by_label("Region 3", exact=True).fill("Hills")
    page.get_by_label("Add a folder of this computer (3)").click()
    page.get_by_role("option", name="music/hills").click()
    page.wait_for_function("[...document.querySelectorAll('textarea')][2].value == 'music/hills'")
    page.get_by_label("dense", exact=True).check()
    page.click("button:has-text('Remove region 2')")
    page.get_by_label("Region 3", exact=True).wait_for(state="detached")
    assert page.get_by_label(f"{SOURCES} (2)").input_value() == "music/hills"
    page.click("#train")
    page.wait_for_selector("#answer:has-text('Coast: music/none: no such folder')")
    page.get_by_label(f"{SOURCES} (1)").fill("music/coast")


@pytest.mark.slow
@needs_browser
def test_from_the_form_to_the_report(browser, project, monkeypatch):  # noqa: F811
    monkeypatch.chdir(project)
    with serving(project, "models") as (url, _):
        with opened(browser, url) as page:
            fill_form(page)
            assert not (project / "corpora/mine.yaml").exists()
            assert_readable(page, "train-form")
            page.click("#train")
            page.wait_for_selector("#training:has-text('Training dense on mine')")
            regions = corpus.load("mine").regions
            assert regions["Coast"].sources == ["music/coast"]
            assert regions["Hills"].sources == ["music/hills"]
            page.wait_for_selector(".stages li.running:has-text('segment')", timeout=PATIENCE)
        with opened(browser, url, "phone") as page:  # another visit
            for curve in ("accuracy", "loss"):
                page.wait_for_selector(f"#curve-{curve} .marks", timeout=PATIENCE)
            page.wait_for_selector(".log:has-text('epoch')")
            assert page.inner_text("#training code") == (
                "dvc exp run -S corpus=mine -S model=dense"
            )
            assert_readable(page, "train-curves")
            page.click("#train")
            page.wait_for_selector("#answer:has-text('A training of dense on mine is running')")
    assert last_training().state() == "running"  # also without the page
    with serving(project, "models") as (url, _), opened(browser, url) as page:
        page.wait_for_selector(".stages li.running:has-text('train')")
        page.click("#stop")
        page.wait_for_selector("#training:has-text('was stopped')", timeout=PATIENCE)
        page.wait_for_selector(".stages li.stopped:has-text('train')")
        assert last_training().state() == "stopped"
        assert not (project / "models").exists()
        assert page.is_disabled("#stop")
        write_params(project, "train.epochs=3")
        page.fill("#corpus input", "mine")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=corpora/mine.yaml holds these regions")
        page.click("#train")
        page.wait_for_selector("#training:has-text('is done')", timeout=PATIENCE)
        assert "trained on the corpus mine, with the regions Coast, Hills. Of 8 songs" in (
            page.inner_text("#training")
        )
        page.wait_for_selector(".stages li.unchanged:has-text('features')")
        frame = page.frame_locator("iframe.report")
        frame.locator("[aria-label$='of Coast predicted as Coast']").click()
        frame.locator(".song:not([hidden]) h3 button").first.click()
        assert seconds_played(page.query_selector("iframe.report").content_frame()) > 0
        assert_readable(page, "train-report")
        report = page.get_attribute("iframe.report", "src")
        with urllib.request.urlopen(url + report) as response:
            assert response.headers["Content-Security-Policy"] == "sandbox allow-scripts"
            assert response.read() == (project / "results/report.html").read_bytes()
    runs = "import mlflow; print(len(mlflow.search_runs(search_all_experiments=True)))"
    store = command("musicregion", "store", cwd=project).strip()
    assert command(sys.executable, "-c", runs, cwd=project, MLFLOW_TRACKING_URI=store) == "2\n"
    assert "mine" in command("dvc", "exp", "show", "--csv", cwd=project)
    with serving(project, "models") as (url, _):  # now there is a model
        config = json.load(urllib.request.urlopen(f"{url}/config", timeout=30))
    assert {"A song of at most 20 minutes and 50 MB", "Model"} <= {
        item["props"].get("label") for item in config["components"]
    }


@pytest.mark.slow
@needs_browser
def test_a_corpus_that_was_written_by_hand_is_used_as_it_is(browser, project, monkeypatch):  # noqa: F811
    monkeypatch.chdir(project)
    by_hand = (project / "corpora/onegame.yaml").read_bytes()
    with serving(project, "models") as (url, _), opened(browser, url) as page:
        page.wait_for_selector("#add-region")
        page.fill("#corpus input", "onegame")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=corpora/onegame.yaml is used as it is")
        page.wait_for_selector("#add-region", state="detached")
        write_params(project, "folk.songs=-1")
        before = last_training()
        page.click("#train")
        page.wait_for_selector("#training:has-text('on onegame has failed')", timeout=PATIENCE)
        assert "folk.songs is -1, but" in page.inner_text("#training")
        assert last_training() != before
    assert (project / "corpora/onegame.yaml").read_bytes() == by_hand


@pytest.mark.slow
@needs_browser
def test_a_request_that_was_passed_on_is_refused(browser, project, monkeypatch):  # noqa: F811
    monkeypatch.chdir(project)
    before = last_training()
    forwarded = {"x-forwarded-for": "192.0.2.1"}
    with (
        serving(project, "models") as (url, _),
        opened(browser, url, extra_http_headers=forwarded) as page,
    ):
        page.wait_for_selector("#answer:has-text('is for the computer that the page runs on')")
        page.wait_for_selector("#add-region")
        page.fill("#corpus input", "folk")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        page.click("#train")
        page.wait_for_timeout(1000)
        assert "folk.yaml" not in page.inner_text("body")
    assert last_training() == before


@pytest.mark.slow
def test_the_tab_is_for_this_computer_alone(project, trained):
    with serving(project, trained, "--host", "0.0.0.0") as (url, _):
        config = json.load(urllib.request.urlopen(f"{url}/config", timeout=30))
    assert "Corpus" not in {item["props"].get("label") for item in config["components"]}
    done = subprocess.run(
        ["musicregion", "web", "--host", "0.0.0.0", "--model", "none"],
        cwd=project, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
