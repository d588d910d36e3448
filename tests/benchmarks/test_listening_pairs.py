"""The page plays pairs without names, in a browser, and its answers are counted by the key."""

import json

import numpy as np
import pytest
import soundfile

from benchmarks.listening_pairs import Pair, count_answers, sign_test, write_pairs
from musicregion.errors import InputError
from tests.browser import SCREENSHOTS, accessibility_violations, needs_browser, started
from tests.conftest import RATE, tone

NUMBER = 8


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with pairs of tones: before is low, after is high."""
    folder = tmp_path_factory.mktemp("pairs")
    pairs = []
    for number in range(NUMBER):
        files = []
        for name, pitch in (("before", 220), ("after", 880)):
            files.append(folder / f"{number}-{name}.flac")
            soundfile.write(files[-1], tone(1, pitch + number), RATE)
        pairs.append(Pair(("before", "after"), tuple(files)))
    write_pairs(pairs, "Which < arrangement?", 1, folder / "page")
    return folder / "page"


def frequency(path):
    wave, _ = soundfile.read(path)
    return np.abs(np.fft.rfft(wave)).argmax() / len(wave) * RATE


def test_the_key_alone_tells_which_is_which(page):
    key = json.loads((page / "key.json").read_text())["pairs"]
    for number, sides in key.items():
        for side, way in sides.items():
            assert (frequency(page / f"{number}{side}.flac") > 500) == (way == "after")
    assert {tuple(sides.values()) for sides in key.values()} == {
        ("before", "after"),
        ("after", "before"),
    }
    html = (page / "index.html").read_text()
    assert "before" not in html
    assert "after" not in html
    assert "<h1>Which &lt; arrangement?</h1>" in html


def test_answers_are_counted_and_others_are_refused(page, tmp_path):
    key = json.loads((page / "key.json").read_text())
    chosen = [  # after three times, before once, neither once
        next(side for side, way in key["pairs"][str(number)].items() if way == wanted)
        for number, wanted in ((1, "after"), (2, "after"), (3, "after"), (4, "before"))
    ]
    answers = [{"pair": n, "preferred": side} for n, side in enumerate([*chosen, "neither"], 1)]
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"page": key["page"], "listener": "", "answers": answers}))
    assert count_answers([path], page) == {"after": 3, "before": 1, "neither": 1}
    path.write_text(json.dumps({"page": "another", "answers": []}))
    with pytest.raises(InputError, match="another page"):
        count_answers([path], page)
    for text in ("not JSON", "[]", '{"page": 1}'):
        path.write_text(text)
        with pytest.raises(InputError):
            count_answers([path], page)


def test_the_sign_test():
    assert sign_test(0, 0) == 1
    assert sign_test(5, 5) == 1
    assert sign_test(10, 0) == pytest.approx(2 / 1024)


@needs_browser
@pytest.mark.slow
def test_a_listener_plays_chooses_and_downloads(page):
    with started("--autoplay-policy=no-user-gesture-required") as chromium:
        context = chromium.new_context(viewport={"width": 390, "height": 844})
        tab = context.new_page()
        messages, requests = [], []
        tab.on("console", lambda message: messages.append(message.text))
        tab.on("pageerror", lambda error: messages.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        address = (page / "index.html").as_uri()
        tab.goto(address)
        players = tab.query_selector_all("audio")
        assert len(players) == 2 * NUMBER
        for player in players[:2]:
            player.evaluate("player => player.play()")
            tab.wait_for_function("player => player.currentTime > 0.1", arg=player)
        assert players[0].evaluate("player => player.paused")  # one at a time
        tab.fill("#listener", 'Ann "the ear"')
        for number, side in ((1, "a"), (2, "b"), (3, "neither"), (1, "b")):
            tab.check(f"[name=pair{number}][value={side}]")
        assert tab.inner_text("#done") == f"3 of {NUMBER} answered"
        assert accessibility_violations(tab) == []
        SCREENSHOTS.mkdir(exist_ok=True)
        tab.screenshot(path=SCREENSHOTS / "listening-pairs.png")
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        tab.reload()  # answers stay
        assert tab.inner_text("#done") == f"3 of {NUMBER} answered"
        texts = {}
        for kind in ("json", "csv"):
            with tab.expect_download() as download:
                tab.click(f"[data-format={kind}]")
            assert download.value.suggested_filename == f"answers.{kind}"
            texts[kind] = download.value.path()
        answers = json.loads(texts["json"].read_text())
        assert answers["listener"] == 'Ann "the ear"'
        preferred = [(answer["pair"], answer["preferred"]) for answer in answers["answers"]]
        assert preferred == [(1, "b"), (2, "b"), (3, "neither")]
        assert sum(count_answers([texts["json"]], page).values()) == 3
        lines = texts["csv"].read_text().splitlines()
        assert lines[0] == "page,listener,pair,preferred"
        assert lines[1] == f'{answers["page"]},"Ann ""the ear""",1,b'
        assert messages == []
        assert all(url.startswith((page.as_uri(), "blob:")) for url in requests)
        context.close()
