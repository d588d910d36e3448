"""The real page in a real browser, and under load; the model tells high tones from low ones.

Screenshots go to tests/screenshots/.
"""

import csv
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile

from app import web
from app.page import examples
from benchmarks import page_visitor
from musicregion.storage import tables
from musicregion.storage.paths import segment_file
from tests.browser import SCREENSHOTS, SIZES, accessibility_violations, needs_browser, started
from tests.conftest import RATE, REPOSITORY, environment, free_port, tone
from tests.servers import running


@contextmanager
def serving(folder, model, *words, start=("musicregion", "web"), **variables):
    """The page for the time of a block; yields its address and its process."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(
        [*start, "--port", str(port), "--model", str(model), *words],
        lambda: urllib.request.urlopen(url, timeout=5),
        cwd=folder,
        env=environment() | {"PYTHONPATH": str(REPOSITORY), "TMPDIR": str(folder)} | variables,
    ) as process:
        yield url, process


@pytest.fixture(scope="module")
def served(trained, composing, tmp_path_factory):
    """The folder that the page runs in, and its address. Links are on, songs can be made.

    Of the training songs, those of one region are there.
    """
    folder = tmp_path_factory.mktemp("page")
    for number in range(12):  # the training songs of one region, to be played
        path = folder / segment_file("High", f"0-{number:02}")
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(8, 1500 * (1 + number / 50)), RATE)
    with serving(folder, trained, "--links", "--composer", str(composing)) as (url, _):
        yield folder, url


@pytest.fixture(scope="module")
def browser():
    microphone = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with started(*microphone) as chromium:  # the fake microphone beeps
        yield chromium


@pytest.fixture(params=SIZES)
def visitor(request, browser, served):
    """The page as a visitor sees it at one size; it may send requests to no other host."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    other_requests = []

    def on_request(event):
        if not event.url.startswith((served[1], "data:", "blob:")):
            other_requests.append(event.url)

    page.on("request", on_request)
    page.goto(served[1])
    page.wait_for_selector("#song input[type=file]", state="attached")
    page.name = request.param
    yield page
    assert other_requests == []
    context.close()


def take_screenshot(page, name):
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{page.name}.png", full_page=True)


def own_violations(page):
    """What axe-core objects to in what this page adds to Gradio's components."""
    return [line for line in accessibility_violations(page) if "svelte-" not in line]


def upload(page, song):
    page.set_input_files("#song input[type=file]", song)


def upload_again(page, song):
    page.click("button[aria-label=Clear]")
    page.wait_for_selector("#song input[type=file]", state="attached")
    upload(page, song)


@pytest.mark.slow
@needs_browser
def test_a_song_is_uploaded_and_its_region_and_timeline_are_seen(visitor, songs):
    assert "classified 90% correctly (95% interval 80% to 100%)" in visitor.inner_text("#about")
    upload(visitor, songs / "low to high.flac")
    visitor.wait_for_selector(".timeline svg:visible")
    visitor.wait_for_selector(".verdict:visible")
    assert re.match(r"(Low|High|Not sure)\b", visitor.inner_text(".verdict"))
    visitor.wait_for_timeout(500)  # for the player, in the picture
    take_screenshot(visitor, "song")
    assert own_violations(visitor) == []
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    visitor.click("button[aria-label=Clear]")
    visitor.wait_for_selector(".timeline", state="detached")
    upload(visitor, songs / "high.wav")
    visitor.wait_for_selector(".verdict:has-text('High')")
    assert "with a probability of" in visitor.inner_text(".verdict")
    assert visitor.inner_text(".nearest").count("(High, ") == 3


AUDIO = "document.querySelector('#song audio')"


@pytest.mark.slow
@needs_browser
def test_the_player_goes_where_the_pictures_are_clicked(visitor, songs):
    upload(visitor, songs / "low to high.flac")
    slider = visitor.wait_for_selector(".strips input")
    visitor.wait_for_function(f"{AUDIO}.duration === 16")
    box = slider.bounding_box()
    for seconds, selector in ((2, ".loudness"), (6, ".spectrogram"), (9, ".timeline svg")):
        at = {"x": box["width"] * seconds / 16, "y": 9}
        visitor.click(f".strips {selector}", force=True, position=at)
        assert visitor.evaluate(f"{AUDIO}.currentTime") == pytest.approx(seconds, abs=1)
    visitor.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 5)
    assert visitor.evaluate(f"{AUDIO}.currentTime") == pytest.approx(12, abs=1)
    assert re.match(r"0:1[123]: High \d+%, of 0:16", slider.get_attribute("aria-valuetext"))
    before = visitor.evaluate(f"{AUDIO}.currentTime")
    visitor.keyboard.press("ArrowLeft")
    assert visitor.evaluate(f"{AUDIO}.currentTime") == before - 1
    visitor.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext").startswith("0:00: Low ")
    visitor.keyboard.press("Space")
    visitor.wait_for_function("document.querySelector('.strips input').value >= 2")  # it plays
    assert visitor.inner_text(".clock .position").startswith("0:0")
    picture = visitor.query_selector(".spectrogram")
    assert picture.evaluate("image => image.naturalWidth") == 600
    assert "Hz: half of the energy is below" in picture.get_attribute("alt")


@pytest.mark.slow
@needs_browser
def test_a_new_song_is_on_the_map_and_its_nearest_songs_can_be_played(visitor, served, songs):
    upload(visitor, songs / "high.wav")
    visitor.wait_for_selector(".map .new")
    assert len(visitor.query_selector_all(".map .point")) == 24
    label = visitor.get_attribute(".map", "aria-label")
    assert label.startswith("Map of 24 training songs and the new one")
    assert label.endswith("Nearest on the map to the new song are 10 of High.")
    near = visitor.eval_on_selector_all(
        ".map .near title", "titles => titles.map(title => title.textContent)"
    )
    listed = visitor.inner_text(".nearest")
    assert len(near) == 3
    assert all(title.removesuffix(" (High)") in listed for title in near)
    players = visitor.query_selector_all(".nearest audio")
    assert len(players) == 3
    for player in players:
        player.evaluate("player => player.play()")
        visitor.wait_for_function("player => player.currentTime > 0.2", arg=player)
        assert player.evaluate("player => player.duration") == pytest.approx(8, abs=0.1)
    page = visitor.content()
    assert "data/segments" not in page
    upload_again(visitor, songs / "low.wav")
    visitor.wait_for_selector(".nearest:has-text('(Low, ')")
    assert not visitor.query_selector(".nearest audio")
    assert "None of them can be played" in visitor.inner_text(".nearest")


@pytest.mark.slow
@needs_browser
def test_a_recording_is_predicted(visitor):
    visitor.click("#song button[aria-label='Record audio']")
    visitor.click("#song button:has-text('Record')")
    visitor.wait_for_timeout(2500)
    visitor.click("#song button:has-text('Stop')")
    visitor.wait_for_selector(".verdict")
    assert re.match(r"(Low|High|Not sure)\b", visitor.inner_text(".verdict"))


@pytest.mark.slow
@needs_browser
def test_a_new_song_can_be_made_played_seen_and_downloaded(visitor, served):
    open_tab(visitor, "A new song")
    visitor.click("#region label:has-text('Low')")
    visitor.fill("input[aria-label='number input for Seconds']", "10")
    visitor.click("#make")
    visitor.wait_for_selector("#files a[download]", timeout=90_000)
    assert "The model predicts" in visitor.inner_text(".verdict:visible")
    visitor.wait_for_selector("#piano-roll img:visible")
    score = visitor.wait_for_selector("#score img:visible")
    visitor.wait_for_function("image => image.complete && image.naturalWidth > 500", arg=score)
    assert re.fullmatch("The score, in [A-G].? [a-z]+", score.get_attribute("alt"))
    assert not visitor.query_selector(".toast-body")  # Gradio's warnings
    visitor.wait_for_timeout(500)  # for the waveform, in the picture
    take_screenshot(visitor, "new-song")
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert str(served[0]) not in visitor.inner_text("body")
    files = {}
    for link in visitor.query_selector_all("#files a[download]"):
        with urllib.request.urlopen(link.evaluate("link => link.href")) as response:
            files[link.get_attribute("download").rpartition(".")[2]] = response.read()
    assert files["mid"][:4] == b"MThd"
    assert b"<score-partwise" in files["musicxml"]
    assert files["abc"].startswith(b"X:1\nT:A new song for Low")
    assert soundfile.info(io.BytesIO(files["flac"])).duration == 10
    assert json.loads(files["json"])["region"] == "Low"
    (made,) = served[0].glob("page-*/made")
    assert not list(made.iterdir())  # only what can be downloaded is left


def open_tab(page, name):
    """Press a tab, which a narrow page has in a menu."""
    tab = f"button[role=tab]:has-text('{name}')"
    page.wait_for_selector("button[role=tab]:visible")
    if page.is_visible(tab):
        page.click(tab)
    else:
        page.click(".overflow-menu > button")
        page.click(f".overflow-dropdown button:has-text('{name}')")


@pytest.fixture(scope="module")
def hundred(tmp_path_factory):
    """A folder with 100 songs, every tenth of which is broken."""
    folder = tmp_path_factory.mktemp("hundred")
    for number in range(100):
        name = f"{number:02} ä & b.wav"
        if number % 10 == 7:
            (folder / name).with_suffix(".mp3").write_bytes(b"garbage" * 99 + bytes([number]))
        else:
            pitch = (220, 1500)[number % 2] * (1 + number / 400)
            soundfile.write(folder / name, tone(4, pitch), RATE)
    return sorted(folder.iterdir())


def visible_rows(page):
    rows = page.query_selector_all("#songs-table tbody tr")
    return [row.inner_text() for row in rows if row.is_visible()]


@pytest.mark.slow
@needs_browser
def test_a_hundred_songs_fill_a_table_to_filter_and_to_take_away(visitor, served, hundred):
    open_tab(visitor, "Many songs")
    visitor.set_input_files("#songs input[type=file]", hundred)
    visitor.wait_for_selector("#songs-table tbody tr:nth-child(3)")
    assert int(visitor.get_attribute("#songs-table progress", "value")) < 100  # it fills
    visitor.click("#songs-outcome label:has-text('Failed')")
    visitor.wait_for_selector("#songs-table a[download]", timeout=120_000)
    failed = visible_rows(visitor)
    assert len(failed) == 10
    assert all("This song has no prediction: not readable" in row for row in failed)
    assert str(served[0]) not in visitor.inner_text("body")
    visitor.focus("#songs-outcome input:checked")
    for _ in ("Not sure", "Low", "High"):
        visitor.keyboard.press("Shift+Tab")
    visitor.keyboard.press("Space")
    visitor.wait_for_function("document.querySelector('#songs-table').dataset.outcome === '0'")
    assert all("High" in row.split("\t")[1] for row in visible_rows(visitor))
    visitor.click("#songs-outcome label:has-text('All')")
    visitor.wait_for_function("!document.querySelector('#songs-table').dataset.outcome")
    assert len(visible_rows(visitor)) == 100
    summary = visitor.inner_text("#songs-table [role=status]")
    assert re.fullmatch(r"High \d+, Low \d+(, Not sure \d+)?, Failed 10\.", summary)
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert own_violations(visitor) == []
    take_screenshot(visitor, "many-songs")
    with visitor.expect_download() as download:
        visitor.click("#songs-table a[download]")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert [row["song"] for row in rows] == [song.name for song in hundred]
    assert [row["reason"] != "" for row in rows] == [song.suffix == ".mp3" for song in hundred]
    assert {row["region"] for row in rows[:20:2]} == {"Low"}


@pytest.mark.slow
@needs_browser
def test_other_visitors_get_predictions_while_one_has_a_hundred(visitor, served, songs, hundred):
    url = served[1]
    function = page_visitor.find_function(url, "song", "change")
    open_tab(visitor, "Many songs")
    visitor.set_input_files("#songs input[type=file]", hundred)
    visitor.wait_for_selector("#songs-table tbody tr")
    start = time.monotonic()
    for _ in range(3):
        assert "High" in page_visitor.predict(url, songs / "high.wav", function)[0]
    seconds = time.monotonic() - start
    assert len(visible_rows(visitor)) < 60, f"{seconds:.1f} s for three songs"
    visitor.click("#songs-stop")
    visitor.wait_for_selector("#songs-table [role=status]:has-text('Stopped.')")
    count = len(visible_rows(visitor))
    visitor.wait_for_timeout(1500)
    assert len(visible_rows(visitor)) == count < 100
    assert visitor.is_visible("#songs-table a[download]")
    visitor.wait_for_selector("#songs input[type=file]", state="attached")  # for the next songs


@pytest.mark.slow
@needs_browser
def test_garbage_is_refused_with_a_sentence(visitor, tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"garbage" * 999)
    upload(visitor, tmp_path / "song.mp3")
    visitor.wait_for_selector(".refused")
    assert visitor.inner_text(".refused").startswith("This song has no prediction: not readable")
    assert str(tmp_path.parent) not in visitor.inner_text("body")
    take_screenshot(visitor, "garbage")


@pytest.mark.slow
@needs_browser
def test_a_link_into_a_private_network_is_refused_with_a_sentence(visitor, served):
    visitor.fill("#link textarea, #link input", f"{served[1]}/song.mp3")
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector(".refused")
    assert "private network" in visitor.inner_text(".refused")


@pytest.mark.slow
@needs_browser
def test_a_file_that_is_too_large_is_refused_with_a_sentence(visitor, tmp_path):
    song = tmp_path / "large.wav"
    with song.open("wb") as file:
        file.truncate((50 << 20) + 1)
    upload(visitor, song)
    visitor.wait_for_selector(".toast-body:visible")
    assert "exceed the maximum allowed size of 50.0 Mb" in visitor.inner_text(".toast-body")
    take_screenshot(visitor, "large")


@pytest.mark.slow
def test_twenty_visitors_at_once_all_get_predictions(served, tmp_path):
    _, url = served
    song = tmp_path / "song.wav"
    soundfile.write(song, np.tile(tone(10, 1500), 12), RATE)
    assert song.stat().st_size > 5_000_000
    function = page_visitor.find_function(url, "song", "change")
    with ThreadPoolExecutor(20) as pool:
        outputs = list(pool.map(lambda _: page_visitor.predict(url, song, function), range(20)))
    assert all("High" in output[0] for output in outputs)


def uploads(folder):
    return [path for path in folder.rglob("*") if path.is_file() and "uploads" in path.parts]


@pytest.mark.slow
def test_uploads_are_deleted_when_the_page_ends(trained, songs, tmp_path):
    with serving(tmp_path, trained) as (url, process):
        page_visitor.upload(url, songs / "low.wav")
        assert uploads(tmp_path)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert not uploads(tmp_path)


@pytest.mark.slow
def test_uploads_are_deleted_after_a_while(trained, songs, tmp_path):
    soon = (
        "import sys; from app import web; from app.page import layout; "
        "layout.KEPT, layout.SWEEP = 3, 1; web.main(sys.argv[1:])"
    )
    with serving(tmp_path, trained, start=[sys.executable, "-c", soon]) as (url, _):
        page_visitor.upload(url, songs / "low.wav")
        assert uploads(tmp_path)
        wait_until(lambda: not uploads(tmp_path))


def small_disk(kept):
    """What starts a page that holds 100 MB of uploads, each for so many seconds."""
    changes = f"layout.KEPT, layout.SWEEP, requests.UPLOADS = {kept}, 1, 100"
    imports = "import sys; from app import web; from app.page import layout, requests"
    code = f"{imports}; {changes}; web.main(sys.argv[1:])"
    return [sys.executable, "-c", code]


def refusal(url, song):
    """The status and the sentence with which an upload is refused; None if it is not."""
    try:
        page_visitor.upload(url, song)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    return None


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)
    assert condition()


@pytest.mark.slow
def test_uploads_take_no_more_than_so_much_of_the_disk(trained, songs, tmp_path):
    large = []
    for number in range(6):
        large.append(tmp_path / f"{number}.wav")
        large[-1].write_bytes(bytes([number]) * (40 << 20))
    with serving(tmp_path, trained, start=small_disk(4)) as (url, _):
        with ThreadPoolExecutor(6) as pool:
            refusals = list(pool.map(lambda song: refusal(url, song), large))
        assert sum(path.stat().st_size for path in uploads(tmp_path)) == 2 * 40 << 20
        assert refusals.count(None) == 2
        assert {answer for answer in refusals if answer} == {
            (507, "This page holds as many songs as it can. Please try again in ten minutes.")
        }
        assert refusal(url, songs / "low.wav") is None  # there is space for a small one
        wait_until(lambda: not uploads(tmp_path))
        assert refusal(url, large[0]) is None


@pytest.mark.slow
@needs_browser
def test_a_visitor_sees_that_the_page_is_full(trained, browser, tmp_path):
    with serving(tmp_path, trained, start=small_disk(60)) as (url, _):
        (tmp_path / "large.wav").write_bytes(bytes(49 << 20))
        for number in range(2):
            (tmp_path / f"{number}.wav").write_bytes(bytes([number]) * (40 << 20))
            page_visitor.upload(url, tmp_path / f"{number}.wav")
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("#song input[type=file]", state="attached")
        upload(page, tmp_path / "large.wav")
        page.wait_for_selector(".toast-body:visible")
        assert "This page holds as many songs as it can." in page.inner_text(".toast-body")
        page.name = "desktop"
        take_screenshot(page, "full")
        page.close()


@pytest.mark.slow
def test_an_upload_that_breaks_off_takes_no_space_later(trained, songs, tmp_path):
    with serving(tmp_path, trained, start=small_disk(4)) as (url, _):
        server = urllib.parse.urlsplit(url)
        with socket.create_connection((server.hostname, server.port)) as visitor:
            head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {server.netloc}\r\n"
            head += f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {90 << 20}"
            part = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.wav"'
            visitor.sendall(f"{head}\r\n\r\n{part}\r\n\r\n".encode() + bytes(20 << 20))
            wait_until(lambda: uploads(tmp_path))
            (tmp_path / "song.wav").write_bytes(bytes(20 << 20))
            assert refusal(url, tmp_path / "song.wav")[0] == 507  # the rest may still come
        wait_until(lambda: refusal(url, tmp_path / "song.wav") is None)
        time.sleep(4)
        page_visitor.upload(url, songs / "low.wav")
        wait_until(lambda: [path.name for path in uploads(tmp_path)] == ["low.wav"])


def test_a_password_is_asked_for(trained, tmp_path):
    with serving(tmp_path, trained, WEB_PASSWORD="Sésame") as (url, _):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{url}/gradio_api/info", timeout=30)
        assert caught.value.code == 401
        for password, code in (("wrong", 400), ("Sésame", 200)):
            body = urllib.parse.urlencode({"username": "me", "password": password}).encode()
            try:
                got = urllib.request.urlopen(f"{url}/login", body, timeout=30).status
            except urllib.error.HTTPError as error:
                got = error.code
            assert got == code


def test_links_are_off_unless_switched_on(trained, tmp_path):
    with serving(tmp_path, trained) as (url, _):
        config = json.load(urllib.request.urlopen(f"{url}/config", timeout=30))
    assert "textbox" not in {item["type"] for item in config["components"]}


def test_examples_are_songs_of_the_test_part(tmp_path, monkeypatch, songs):
    monkeypatch.chdir(tmp_path)
    assert examples.copy_examples(tmp_path) == []
    rows, splits = [], []
    for number, part in enumerate(("train", "test", "test")):
        song = {"song": f"s{number}", "region": "Low"}
        rows.append(song | dict.fromkeys(tables.SONGS.columns.keys() - song.keys(), ""))
        rows[-1] |= {"unknown": False, "duration_s": 10.0 - number, "title": f"Song {number} / B"}
        rows[-1]["path"] = str(songs / "low.wav")
        splits.append(song | {"group": "", "part": part, "fold": 0})
    tables.SONGS.write(rows, tmp_path)
    tables.SPLITS.write(splits, tmp_path)
    ((title, path),) = examples.copy_examples(tmp_path)
    assert (title, path.name) == ("Low: Song 2", "s2.wav")
    assert path.read_bytes() == (songs / "low.wav").read_bytes()


@pytest.mark.slow
def test_a_port_in_use_is_an_error(trained, served):
    folder, url = served
    words = ["musicregion", "web", "--port", url.rpartition(":")[2], "--model", str(trained)]
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment() | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_that_makes_no_songs_says_why(tmp_path, capsys):
    assert web.read_composer_card(tmp_path) == {}
    assert "compose.epochs=40" in capsys.readouterr().err
