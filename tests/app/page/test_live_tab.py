"""The tab that listens, in a real browser with a microphone that a file is played into."""

import json
import re
import sys
import urllib.request
import uuid

import numpy as np
import pytest
import soundfile

from benchmarks.page_visitor import post, upload
from tests.app.test_web import serving, take_screenshot, uploads
from tests.browser import GRADIO, SIZES, accessibility_violations, needs_browser, started
from tests.conftest import RATE, tone
from tests.trained import PITCHES

WATCH = """
window.seen = [];
new MutationObserver(() => {
  const text = document.querySelector('#live .prose').innerText;
  if (text != (window.seen.at(-1) || [])[1]) window.seen.push([performance.now(), text]);
}).observe(document.querySelector('#live'), {subtree: true, childList: true, characterData: true});
"""


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    """A browser whose microphone gives a high tone, then a low one, again and again."""
    path = tmp_path_factory.mktemp("microphone") / "tones.wav"
    tones = [tone(6, pitch) for pitch in PITCHES.values()]
    soundfile.write(path, np.concatenate(tones), RATE, "PCM_16")
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with started(*fake, f"--use-file-for-fake-audio-capture={path}") as chromium:
        yield chromium


def record(browser, url, size="desktop"):
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.name = size
    page.goto(url)
    page.click("button[role=tab]:has-text('Live')")
    page.wait_for_selector("#live", state="attached")
    page.evaluate(WATCH)
    page.focus("#live-microphone button:has-text('Record')")
    page.keyboard.press("Enter")
    return page


@pytest.mark.slow
@needs_browser
def test_each_second_has_a_prediction(listening, trained, tmp_path):
    with serving(tmp_path, trained) as (url, _):
        page = record(listening, url)
        page.wait_for_function("window.seen.length > 10", timeout=40_000)
        times, texts = zip(*page.evaluate("window.seen.slice(2)"), strict=True)
        assert 0.8 < np.median(np.diff(times)) / 1000 < 1.5
        likeliest = {re.search("(High|Low)(\n|, with a)", text)[1] for text in texts}
        assert likeliest == {"High", "Low"}
        assert all(text.count("Song ") == 3 for text in texts)
        assert page.inner_text("#live-bars").count("%") == 2
        take_screenshot(page, "live")
        assert accessibility_violations(page, GRADIO) == []
        page.click("#live-microphone button:has-text('Stop')")
        page.wait_for_timeout(2000)
        assert len(uploads(tmp_path)) < 3  # one may have come too late to be read
        page.close()
        page = record(listening, url, "phone")
        page.wait_for_selector("#live .nearest")
        take_screenshot(page, "live")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.close()


@pytest.mark.slow
@needs_browser
def test_one_visitor_too_many_is_told_and_comes_next(listening, trained, tmp_path):
    room = "from app.page import live_audio; live_audio.VISITORS = 1"
    start = [
        sys.executable,
        "-c",
        f"import sys; {room}; from app import web; web.main(sys.argv[1:])",
    ]
    with serving(tmp_path, trained, start=start) as (url, _):
        first = record(listening, url)
        first.wait_for_selector("#live .nearest")
        second = record(listening, url)
        second.wait_for_selector("#live .refused:has-text('1 visitors are listening')")
        first.close()
        second.wait_for_selector("#live .nearest", timeout=20_000)
        second.close()


@pytest.mark.slow
def test_what_is_no_sound_is_refused_and_deleted(trained, tmp_path):
    (tmp_path / "garbage.wav").write_bytes(b"garbage" * 999)
    with serving(tmp_path, trained) as (url, process):
        config = json.load(urllib.request.urlopen(f"{url}/config", timeout=30))
        (function,) = (
            item["id"]
            for item in config["dependencies"]
            if any(event == "stream" for _, event in item["targets"])
        )
        path, session = upload(url, tmp_path / "garbage.wav"), uuid.uuid4().hex
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        request = {"data": [file], "fn_index": function, "session_hash": session}
        post(f"{url}/gradio_api/queue/join", json.dumps(request).encode(), "application/json")
        events = f"{url}/gradio_api/queue/data?session_hash={session}"
        with urllib.request.urlopen(events, timeout=60) as response:
            answer = next(line for line in response if b"process_streaming" in line)
        assert b"cannot read what this browser sends" in answer
        assert not uploads(tmp_path)
        assert process.poll() is None
