"""Chromium for tests of pages."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SCREENSHOTS = REPOSITORY / "tests/screenshots"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
GRADIO = "svelte-"  # in the HTML of Gradio's elements
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no browser: apt-get install chromium")


@contextmanager
def started(*options: str) -> Iterator:
    """A browser for the time of a block. options: of Chromium's command line."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *options])
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium, path: Path, size: str = "desktop") -> Iterator:
    """A file in a tab for the time of a block. It asks for nothing else, and logs no error."""
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height})
    requests, messages = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(path.as_uri())
    yield page
    outside = [url for url in requests if not url.startswith(("data:", "blob:"))]
    assert outside == [path.as_uri()]
    assert messages == []
    page.close()


def seconds_played(page) -> float:
    """The length of what a page plays, as soon as it does."""
    audio = page.query_selector("audio")
    # wait_for_function evaluates a text, which the page's policy forbids
    deadline = time.monotonic() + 20
    while audio.evaluate("audio => audio.currentTime") < 0.2:
        assert time.monotonic() < deadline, "it does not play"
        time.sleep(0.05)
    return audio.evaluate("audio => audio.duration")


def accessibility_violations(page, leaving_out: str | None = None) -> list[str]:
    """What axe-core objects to in a page, with the first element of each rule.

    leaving_out: elements whose HTML has this text are another's to mend.
    """
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).with_name("axe.min.js")
    page.evaluate(script.read_text("utf-8"))
    lines = []
    for rule in page.evaluate("axe.run()")["violations"]:
        elements = [node["html"] for node in rule["nodes"]]
        ours = [text for text in elements if not leaving_out or leaving_out not in text]
        lines += [f"{rule['id']}: {text}" for text in ours[:1]]
    return lines
