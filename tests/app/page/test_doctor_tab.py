"""The label doctor in a real browser: a suspect is played, a region chosen, the next one shown."""

import json
import urllib.request

import pytest
import soundfile

from musicregion.storage import tables
from tests.app.page.test_suspects import CORPUS, prepare_suspects
from tests.app.test_web import (  # noqa: F401  a fixture
    browser,
    open_tab,
    serving,
    take_screenshot,
)
from tests.browser import needs_browser
from tests.conftest import RATE, tone

PLAYED = """
window.played = [];
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () { window.played.push(this); return play.call(this); };
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A repository with three suspects, and the files of all songs."""
    folder = prepare_suspects(tmp_path_factory.mktemp("doctor") / "project", "s00", "s03", "s04")
    for number, path in enumerate(tables.SONGS.read(folder)["path"]):
        soundfile.write(folder / path, tone(2, 200 + 20 * number), RATE)
    return folder


def press(page, key, selector):
    """Go to an element by Tab alone, then press a key."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            page.keyboard.press(key)
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def open_doctor(browser, url, width):  # noqa: F811
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.add_init_script(PLAYED)
    page.name = {1280: "desktop", 390: "phone"}[width]
    page.goto(url)
    open_tab(page, "Label doctor")
    return page


@pytest.mark.slow
@needs_browser
def test_a_suspect_is_played_and_decided_and_the_next_one_is_shown(browser, folder, trained):  # noqa: F811
    path = folder / "corpora/mine.yaml"
    with serving(folder, trained) as (url, _):
        page = open_doctor(browser, url, 1280)
        page.wait_for_selector("#suspect:has-text('1 of 3: Title s00')")
        assert "It is in Coast." in page.inner_text("#suspect")
        press(page, "Enter", "#suspect-song button[aria-label=Play]")
        page.wait_for_function("window.played.some((player) => player.currentTime > 0)")
        page.wait_for_selector("#nearest-own:visible")
        page.wait_for_selector("#nearest-likely:has-text('Nearest of Hills')")
        assert page.is_checked("#suspect-region input[value=Hills]")
        take_screenshot(page, "doctor")
        page.click("#suspect-move")
        page.wait_for_selector("#suspect:has-text('2 of 3: Title s03')")
        assert path.read_text() == CORPUS + "belongs:\n  s00: Hills\n"
        page.evaluate("document.activeElement.blur()")
        press(page, "Enter", "#suspect-later")
        page.wait_for_selector("#suspect:has-text('3 of 3: Title s04')")
        press(page, "Enter", "#suspect-later")
        page.wait_for_selector("#suspect:has-text('2 of 3: Title s03')")
        page.focus("button[role=tab]:has-text('Label doctor')")
        press(page, "Enter", "#suspect-keep")
        page.wait_for_selector("#suspect:has-text('3 of 3: Title s04')")
        page.close()
    with serving(folder, trained) as (url, _):  # what was decided is gone after a restart too
        page = open_doctor(browser, url, 390)
        page.wait_for_selector("#suspect:has-text('3 of 3: Title s04')")
        page.wait_for_selector("#nearest-likely:visible")
        take_screenshot(page, "doctor")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.click("#suspect-move")
        page.wait_for_selector("#suspect:has-text('No song is left to check')")
        assert page.is_disabled("#suspect-move")
        page.close()
    assert path.read_text() == CORPUS + "belongs:\n  s00: Hills\n  s03: Hills\n  s04: Hills\n"


@pytest.mark.slow
def test_the_tab_is_for_this_computer_alone(folder, trained):
    with serving(folder, trained, "--host", "0.0.0.0") as (url, _):
        config = json.load(urllib.request.urlopen(f"{url}/config", timeout=30))
    assert "Label doctor" not in json.dumps(config)
    assert "A song of at most" in json.dumps(config)
