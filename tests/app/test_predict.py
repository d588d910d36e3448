"""The real command, on a model of high and low tones."""

import csv
import io
import json
import shutil
import subprocess

import pytest

from tests.conftest import REPOSITORY, environment
from tests.site import Site

PREDICT = ["musicregion", "predict"]


@pytest.fixture
def predict(trained, songs):
    """predict(*words, fails, model): stdout, and stderr where it fails; run among `songs`."""

    def run(*words, fails=False, model=trained):
        words = [*PREDICT, *words, *(["--model", str(model)] if model else [])]
        variables = environment() | {"PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(words, cwd=songs, env=variables, capture_output=True, text=True)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout, done.stderr) if fails else done.stdout

    return run


def test_a_song_is_told_in_words(predict):
    text = predict("low to high.flac")
    assert text.splitlines()[0].startswith("low to high.flac: ")
    assert text.splitlines()[1].split() == ["0:00", "Low", "0:08", "High"]
    assert "low.wav: Low 0." in predict("low.wav") or "low.wav: Low 1." in predict("low.wav")


def test_a_folder_and_a_glob_are_many_songs(predict):
    for source in (".", "*"):
        found = json.loads(predict(source, "--json"))
        regions = {row["song"]: row["region"] for row in found}
        assert regions["low.wav"] == "Low"
        assert regions["high.wav"] == "High"
        assert len(regions) == 3


def test_one_bad_file_costs_its_own_answer_alone(predict, songs, tmp_path):
    folder = tmp_path / "songs"
    shutil.copytree(songs, folder)
    (folder / "bad.mp3").write_bytes(b"this is no music" * 100)
    table, said = predict(str(folder), "nothing.mp3", "--csv", fails=True)
    rows = {row["song"].rpartition("/")[2]: row for row in csv.DictReader(io.StringIO(table))}
    assert rows["low.wav"]["region"] == "Low"
    assert float(rows["low.wav"]["p_Low"]) > 0.5
    assert rows["low.wav"]["reason"] == ""
    assert "not readable as audio" in rows["bad.mp3"]["reason"]
    assert str(folder) not in rows["bad.mp3"]["reason"]
    assert "no such file" in rows["nothing.mp3"]["reason"]
    assert len(rows) == 5
    assert "bad.mp3: not readable as audio" in said


def test_an_unlikely_song_is_none_of_these(predict, trained, tmp_path):
    model = tmp_path / "models"
    shutil.copytree(trained, model)
    card = json.loads((model / "card.json").read_text())
    (model / "card.json").write_text(json.dumps(card | {"threshold": 0.99999}))
    assert "low.wav: none of these" in predict("low.wav", model=model)
    (row,) = json.loads(predict("low.wav", "--json", model=model))
    assert row["region"] is None
    assert row["known"] is False


def test_the_timeline_is_drawn(predict, tmp_path):
    picture = tmp_path / "out.png"
    predict("low to high.flac", "low.wav", "--plot", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    _, said = predict("low.wav", "--plot", str(tmp_path / "no/out.png"), fails=True)
    assert "not drawn" in said


def test_a_link_is_fetched_and_answered(predict, songs):
    site = Site()
    try:
        site.files["/low.wav"] = (songs / "low.wav").read_bytes()
        shutil.copy(REPOSITORY / "params.yaml", songs / "params.yaml")
        (songs / "corpora").mkdir()
        shutil.copy(REPOSITORY / "corpora/folk.yaml", songs / "corpora")
        assert ": Low " in predict(f"{site.url}/low.wav")
        _, said = predict(f"{site.url}/none.wav", fails=True)
        assert "404" in said
    finally:
        site.close()
        shutil.rmtree(songs / "corpora")
        (songs / "params.yaml").unlink()


def test_without_a_model_one_sentence_says_what_to_do(predict, tmp_path):
    _, said = predict("low.wav", fails=True, model=None)
    assert "`dvc repro` trains one" in said
    _, said = predict("low.wav", fails=True, model="no-such-experiment")
    assert "no-such-experiment is no folder" in said


def test_help_teaches(predict):
    said = predict("--help", model=None)
    assert "musicregion predict song.mp3" in said
    assert "models:/region@champion" in said
