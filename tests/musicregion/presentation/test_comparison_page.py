"""`musicregion compare A B --html` in a real browser."""

import re

import numpy as np
import pandas as pd
import pytest
import soundfile

from musicregion.presentation.comparison_page import differing_songs
from musicregion.storage import tables
from musicregion.storage.paths import segment_file
from tests.browser import (
    accessibility_violations,
    needs_browser,
    opened,
    seconds_played,
    started,
)
from tests.conftest import RATE, command, tone

SONGS = [f"s{number}" for number in range(8)]


def predictions(shares, repeats=1):
    """predictions.csv of eight songs, all of region High, with these probabilities of it."""
    shares = np.tile(shares, repeats)
    table = pd.DataFrame({"song": SONGS * repeats, "group": SONGS * repeats}).assign(
        part="test", repeat=np.repeat(np.arange(1, repeats + 1), 8), fold=0, region="High"
    )
    table["predicted"] = np.where(shares > 0.5, "High", "Low")
    return table.assign(p_High=shares, p_Low=0.9 - shares, p_Mid=0.1)


A = predictions([0.8, 0.8, 0.3, 0.3, 0.8, 0.8, 0.8, 0.8])
B = predictions([0.8, 0.3, 0.8, 0.3, 0.8, 0.8, 0.8, 0.8])


@pytest.fixture
def project(tmp_path):
    """A folder with the segments of the songs and the predictions of two runs."""
    rows = []
    for number, song in enumerate(SONGS):
        row = {"song": song, "region": "High", "title": f"Song <{number}>", "duration_s": 3.0}
        rows.append(dict.fromkeys(tables.SONGS.columns, "") | row | {"unknown": False})
        path = tmp_path / segment_file("High", song)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(3, 400 + 20 * number), RATE)
    tables.SONGS.write(rows, tmp_path)
    A.to_csv(tmp_path / "a.csv", index=False)
    B.to_csv(tmp_path / "b.csv", index=False)
    return tmp_path


def test_songs_are_listed_by_who_is_right():
    b = B.copy()
    b.loc[3, ["p_High", "p_Low", "p_Mid"]] = 0.1, 0.3, 0.6
    groups = differing_songs(A, b, ("old", "new"))
    assert {title: [row["song"] for row in rows] for title, rows in groups.items()} == {
        "Correct in old alone": ["s1"],
        "Correct in new alone": ["s2"],
        "Correct in neither": ["s3"],
    }
    (row,) = groups["Correct in neither"]
    assert (row["predicted_a"], row["predicted_b"], row["probability_b"]) == ("Low", "Mid", 0.6)


def test_repeats_of_a_song_are_one_song():
    a, b = predictions([0.8] * 8, repeats=3), predictions([0.8] * 8, repeats=3)
    b.loc[0, ["p_High", "p_Low"]] = 0.3, 0.6  # one of three
    b.loc[[1, 9], ["p_High", "p_Low"]] = 0.1, 0.8  # two of three
    assert [row["song"] for row in differing_songs(a, b, ("a", "b"))["Correct in a alone"]] == [
        "s1"
    ]


@pytest.mark.slow
@needs_browser
def test_the_differing_songs_can_be_played(project):
    output = command(
        "musicregion", "compare", "a.csv", "b.csv", "--html", "page.html", cwd=project, here=True
    )
    assert "page.html: the songs that they predict differently" in output
    with started() as chromium, opened(chromium, project / "page.html", "phone") as page:
        assert re.findall(r"Song <\d>", page.inner_text("main")) == ["Song <1>", "Song <2>"]
        assert "correct in only one run: 1 songs in a.csv, 1 in b.csv" in page.inner_text("header")
        page.click("main button >> nth=1")
        assert page.inner_text("#playing") == "Song <2>"
        assert seconds_played(page) == pytest.approx(3, abs=0.05)
        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_songs_of_another_corpus_are_an_error(project):
    tables.SONGS.write(tables.SONGS.read(project)[2:], project)
    words = ["compare", "a.csv", "b.csv", "--html", "page.html"]
    output = command("musicregion", *words, cwd=project, here=True, fails=True)
    assert "data/songs.csv has no song s1" in output
    assert not (project / "page.html").exists()
