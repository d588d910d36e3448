"""With a model that tells high tones from low ones; the first test starts the real command."""

import csv
import io
import json
import shutil

import pytest

from tests.conftest import REPOSITORY, command, run_here
from tests.site import Site

PREDICT = ["musicregion", "predict"]


@pytest.fixture
def predict(trained, songs):
    """predict(*words, fails, model): stdout, and stderr where it fails; run among `songs`."""

    def run(*words, fails=False, model=trained):
        words = [*PREDICT, *words, *(["--model", str(model)] if model else [])]
        done = run_here(*words, cwd=songs)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout, done.stderr) if fails else done.stdout

    return run


def test_a_prediction_is_printed_as_text(predict, trained, songs):
    words = [*PREDICT, "low to high.flac", "--model", str(trained)]
    text = command(*words, cwd=songs, PYTHONPATH=str(REPOSITORY))
    assert text.splitlines()[0].startswith("low to high.flac: ")
    assert text.splitlines()[1].split() == ["0:00", "Low", "0:08", "High"]
    assert text.splitlines()[2].lstrip().startswith(("sounds like: Song ", "the nearest: Song "))
    assert "    sounds like: Song 1-00 (Low, " in predict("low.wav")
    assert "low.wav: Low 0." in predict("low.wav") or "low.wav: Low 1." in predict("low.wav")


def test_a_folder_and_a_glob_are_many_songs(predict):
    for source in (".", "*"):
        rows = json.loads(predict(source, "--json"))
        regions = {row["song"]: row["region"] for row in rows}
        assert regions["low.wav"] == "Low"
        assert regions["high.wav"] == "High"
        assert len(regions) == 3


def test_an_unreadable_file_is_reported_and_skipped(predict, songs, tmp_path):
    folder = tmp_path / "songs"
    shutil.copytree(songs, folder)
    (folder / "bad.mp3").write_bytes(b"this is no music" * 100)
    table, errors = predict(str(folder), "nothing.mp3", "--csv", fails=True)
    rows = {row["song"].rpartition("/")[2]: row for row in csv.DictReader(io.StringIO(table))}
    assert rows["low.wav"]["region"] == "Low"
    assert float(rows["low.wav"]["p_Low"]) > 0.5
    assert float(rows["low.wav"]["typicality"]) > 0.05
    assert rows["low.wav"]["nearest"].startswith("Song 1-00 (Low, ")
    assert rows["low.wav"]["reason"] == ""
    assert "not readable as audio" in rows["bad.mp3"]["reason"]
    assert str(folder) not in rows["bad.mp3"]["reason"]
    assert "no such file" in rows["nothing.mp3"]["reason"]
    assert len(rows) == 5
    assert "bad.mp3: not readable as audio" in errors


def test_an_unlikely_song_is_none_of_these(predict, trained, tmp_path):
    model = tmp_path / "models"
    shutil.copytree(trained, model)
    card = json.loads((model / "card.json").read_text())
    card["params"]["evaluate.false_rejections"] = 1.0
    (model / "card.json").write_text(json.dumps(card))
    text = predict("low.wav", model=model)
    assert "low.wav: none of these" in text
    assert "    the nearest: Song 1-00 (Low, " in text
    (row,) = json.loads(predict("low.wav", "--json", model=model))
    assert row["region"] is None
    assert row["known"] is False
    assert len(row["nearest"]) == 3
    assert row["nearest"][0]["title"] == "Song 1-00"


def test_the_timeline_is_plotted(predict, tmp_path):
    picture = tmp_path / "out.png"
    predict("low to high.flac", "low.wav", "--plot", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    _, errors = predict("low.wav", "--plot", str(tmp_path / "no/out.png"), fails=True)
    assert "cannot be plotted" in errors


def test_the_song_behind_a_link_is_predicted(predict, songs):
    site = Site()
    try:
        site.files["/low.wav"] = (songs / "low.wav").read_bytes()
        shutil.copy(REPOSITORY / "params.yaml", songs / "params.yaml")
        (songs / "corpora").mkdir()
        shutil.copy(REPOSITORY / "corpora/folk.yaml", songs / "corpora")
        assert ": Low " in predict(f"{site.url}/low.wav")
        _, errors = predict(f"{site.url}/none.wav", fails=True)
        assert "404" in errors
    finally:
        site.close()
        shutil.rmtree(songs / "corpora")
        (songs / "params.yaml").unlink()


def test_without_a_model_the_error_says_what_to_do(predict, tmp_path):
    _, errors = predict("low.wav", fails=True, model=None)
    assert "`dvc repro` trains one" in errors
    _, errors = predict("low.wav", fails=True, model="no-such-experiment")
    assert "no-such-experiment is no folder" in errors


def test_help_teaches(predict):
    text = predict("--help", model=None)
    assert "musicregion predict song.mp3" in text
    assert "models:/region@champion" in text
