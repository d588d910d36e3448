"""The report in a real browser, from a file; its regions are a low and a high tone.

Screenshots go to tests/screenshots/.
"""

import base64
import re

import numpy as np
import pandas as pd
import pytest
import soundfile

from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.metrics import region_scores
from musicregion.models.training_songs import fit_training_songs
from musicregion.presentation import clips, report_page
from musicregion.presentation.near_songs import near_songs
from musicregion.presentation.reliability import measure_reliability
from tests.browser import (
    SCREENSHOTS,
    SIZES,
    accessibility_violations,
    needs_browser,
    opened,
    seconds_played,
    started,
)
from tests.conftest import RATE, tone

LIMIT = 15_000_000  # bytes, for 250 songs
PARTS = ("test", "validation", "train", "train")


def make_report(folder, songs, segments, regions=("High", "Low")):
    """The page of synthetic songs. Every fourth is a test song, and the first of them is wrong."""
    random = np.random.default_rng(1)
    names = np.array([f"s{number:03}" for number in range(songs)])
    labels = np.arange(songs) // len(PARTS) % len(regions)
    parts = np.array([PARTS[number % len(PARTS)] for number in range(songs)])
    rows = np.repeat(np.arange(songs), segments)
    features = random.normal(labels[rows, None, None], 1, (len(rows), 4, 3)).astype("float32")
    data = Dataset({"x": features}, labels[rows], *[names[rows]] * 2, parts[rows], list(regions))
    titles = {str(name): f"Song {name} <{name}>" for name in names}
    near = near_songs(data, fit_training_songs(data, data.rows("train", "validation"), titles))
    evaluated = np.flatnonzero(parts != "train")
    probabilities = np.full((len(evaluated), len(regions)), 0.2 / (len(regions) - 1))
    predicted = labels[evaluated].copy()
    predicted[0] = 1 - predicted[0]
    probabilities[np.arange(len(evaluated)), predicted] = 0.8
    regions = np.array(regions)
    table = pd.DataFrame({"song": names[evaluated], "group": names[evaluated]}).assign(
        part=parts[evaluated], region=regions[labels[evaluated]], predicted=regions[predicted]
    )
    table[[f"p_{region}" for region in regions]] = probabilities
    suspect = {"song": "s000", "region": regions[0], "likely": regions[1]}
    tests = parts[evaluated] == "test"
    contents = report_page.ReportContents(
        heading="svm on mfcc, corpus tones",
        sentences=["Trained on songs.", "Test: 0.75 of songs."],
        cautions=["Few songs: High (8)."],
        file_facts=["All songs of High are FLAC."],
        predictions=table,
        segments={
            str(names[song]): random.dirichlet(np.ones(len(regions)), segments)
            for song in evaluated
        },
        suspects=pd.DataFrame([suspect | {"probability": 0.2, "likely_probability": 0.8}]),
        region_scores=region_scores(labels[evaluated][tests], predicted[tests], list(regions)),
        reliability={"song": measure_reliability(probabilities, labels[evaluated])},
        duplicates=pd.DataFrame(
            [{"song": "s001", "region": regions[0], "other": "gone", "other_region": regions[1]}]
        ).assign(share=0.5),
        window=1.0,
    )
    files = {str(name): folder / f"{name}.flac" for name in names}
    return lambda: report_page.render_report(contents, titles, files, near)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A page of 24 songs: 6 test songs, 3 of each region."""
    folder = tmp_path_factory.mktemp("report")
    for number in range(24):
        pitch = (1500, 220)[number // 4 % 2] + 10 * number
        soundfile.write(folder / f"s{number:03}.flac", tone(3, pitch), RATE)
    path = folder / "report.html"
    path.write_text(make_report(folder, 24, 3)(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def chromium():
    with started() as browser:
        yield browser


def shown_songs(page):
    return page.eval_on_selector_all(".song:not([hidden])", "all => all.map(e => e.dataset.title)")


@pytest.mark.slow
@needs_browser
def test_a_click_plays_and_filters_work(report, chromium):
    with opened(chromium, report) as page:
        assert shown_songs(page) == ["Song s000 <s000>"]  # the only mistake
        page.click("[aria-label='2 songs of High predicted as High']")
        assert shown_songs(page) == ["Song s008 <s008>", "Song s016 <s016>"]
        assert page.inner_text("#count") == "2 of 12 songs"
        page.fill("[name=title]", "S016")
        assert shown_songs(page) == ["Song s016 <s016>"]
        faint = "all => all.filter(e => !e.classList.contains('faint')).length"
        assert page.eval_on_selector_all(".point", faint) == 1
        page.click(".song:not([hidden]) h3 button")
        assert seconds_played(page) == pytest.approx(3, abs=0.05)
        assert page.inner_text("#playing") == "Song s016 <s016>"
        page.click("#filters button")
        page.wait_for_selector("[data-title='Song s016 <s016>']", state="hidden")
        assert shown_songs(page) == ["Song s000 <s000>"]
        page.select_option("[name=part]", "")
        page.select_option("[name=correct]", "")
        assert len(shown_songs(page)) == 12
        page.click(".suspect button >> nth=1")
        assert page.inner_text("#playing") != "Song s016 <s016>"
        seconds_played(page)


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("size", SIZES)
def test_the_map_is_played_by_mouse_and_keyboard_and_everybody_can_read_the_page(
    report, chromium, size
):
    with opened(chromium, report, size) as page:
        assert page.locator(".point").count() == 24
        assert page.locator(".point .ring").count() == 1
        ring = page.locator(".point:has(.ring)")
        ring.click()
        assert page.inner_text("#playing") == "Song s000 <s000> (High, predicted as Low)"
        seconds_played(page)
        page.locator(".point[tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        second = page.evaluate("document.activeElement.ariaLabel")
        assert second == page.locator(".point").nth(1).get_attribute("aria-label")
        page.keyboard.press("Enter")
        assert page.inner_text("#playing") == second
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert accessibility_violations(page) == []
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"report-{size}.png", full_page=True)


@pytest.mark.slow
@needs_browser
def test_it_plays_in_the_frame_of_mlflow(report, chromium, tmp_path):
    """Which is a sandbox without an origin, as MLflow's artifact view has it."""
    outer, text = tmp_path / "outer.html", base64.b64encode(report.read_bytes()).decode()
    outer.write_text(
        '<iframe sandbox="allow-scripts" width="900" height="600"></iframe><script>'
        f"const page = new Blob([atob('{text}')], {{type: 'text/html'}});"
        "document.querySelector('iframe').src = URL.createObjectURL(page)</script>"
    )
    with opened(chromium, outer) as page:
        frame = page.query_selector("iframe").content_frame()
        frame.wait_for_selector(".song:not([hidden])")
        frame.click("[aria-label='2 songs of High predicted as High']")
        assert len(shown_songs(frame)) == 2
        frame.click(".song:not([hidden]) h3 button")
        assert seconds_played(frame) == pytest.approx(3, abs=0.05)


def test_the_page_names_no_other_host_and_is_the_same_bytes_again(report):
    text = report.read_text("utf-8")
    assert "://" not in text
    assert "<s000>" not in text  # a title is text
    assert make_report(report.parent, 24, 3)() == text


def test_no_song_is_compared_with_itself_or_with_its_copies(report):
    text = report.read_text("utf-8")
    for card in re.findall(r'<article class="song".*?</article>', text, re.S):
        own, *nearest = re.findall(r'data-play="(\w+)"', card)
        assert len(set(nearest) - {own}) == report_page.NEAREST
    (suspect,) = re.findall(r'<article class="suspect".*?</article>', text, re.S)
    _, *nearest = re.findall(r'data-play="s(\w+)"', suspect)
    assert [int(song) // 4 % 2 for song in nearest] == [0, 0, 1, 1]


def test_250_long_songs_are_at_most_15_mb(tmp_path, monkeypatch):
    # Opus spends more on a chord than on noise, and more than on any song of folk
    chord = np.mean([tone(10, pitch) for pitch in (220, 277, 330, 440, 1100, 2200)], axis=0)
    soundfile.write(tmp_path / "chord.flac", chord, RATE)
    clip = clips.cut_clip(tmp_path / "chord.flac", clips.clip_seconds(250))
    assert clip.duration_s == clips.LONGEST
    monkeypatch.setattr(report_page, "cut_clips", lambda files: dict.fromkeys(files, clip))
    regions = tuple(f"Region {number}" for number in range(8))
    text = make_report(tmp_path, 250, 24, regions)()
    assert text.count(clip.data) == 250
    assert len(text.encode()) < LIMIT
