"""The label doctor's songs: what was decided is gone, and the next training uses it."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from app.page import suspects
from musicregion.corpus.label_decisions import record_decision
from musicregion.errors import InputError
from musicregion.evaluation.label_errors import COLUMNS
from musicregion.storage import paths, tables
from tests.conftest import REPOSITORY, command, copy_repository
from tests.prepared import REGIONS, prepared, write_params

CORPUS = """# sorted by hand
regions:
  Coast: {sources: [music/coast]}  # by the sea
  Hills: {sources: [music/hills]}
"""
STAGES = ("download", "segment", "fingerprint", "split", "features", "tune", "train")


def prepare_suspects(folder, *songs):
    """A prepared repository whose last training, of the corpus `mine`, suspects these songs."""
    prepared(folder)
    (folder / "corpora/mine.yaml").write_text(CORPUS)
    rows = [
        (
            song,
            REGIONS[int(song[1:]) % 2],
            REGIONS[1 - int(song[1:]) % 2],
            0.1,
            0.9,
            f"Title {song}",
        )
        for song in songs
    ]
    rows.append(("s39", REGIONS[1], REGIONS[0], 0.8, 0.2, "s39"))  # the model agrees
    (folder / "results").mkdir()
    table = pd.DataFrame([(*row, "") for row in rows], columns=COLUMNS)
    table.to_csv(folder / paths.SUSPECTS, index=False)
    (folder / "models").mkdir()
    (folder / "models/card.json").write_text(json.dumps({"params": {"corpus": "mine"}}))
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(prepare_suspects(tmp_path / "project", "s00", "s03", "s04"))


def test_songs_that_the_model_would_move_are_listed_in_order(folder):
    listed = suspects.read_suspects()
    assert (listed.corpus, listed.regions, listed.total) == ("mine", list(REGIONS), 3)
    assert [song.song for song in listed.songs] == ["s00", "s03", "s04"]
    first = listed.songs[0]
    assert (first.title, first.region, first.likely) == ("Title s00", "Coast", "Hills")
    assert first.path == Path("s00.wav")


def test_a_decided_song_is_gone_at_once_also_one_that_stays_as_it_is(folder):
    record_decision("mine", "s03", "Coast")
    record_decision("mine", "s00", "Coast")
    listed = suspects.read_suspects()
    assert ([song.song for song in listed.songs], listed.total) == (["s04"], 3)


def test_without_a_training_the_command_for_one_is_named(folder):
    paths.SUSPECTS.unlink()
    with pytest.raises(InputError, match="dvc repro"):
        suspects.read_suspects()


def test_the_nearest_song_of_a_region_is_another_one_and_of_that_region(folder):
    for region in REGIONS:
        title, path = suspects.find_nearest("s00", region)
        nearest = tables.SONGS.read().set_index("path").loc[str(path)]
        assert nearest["region"] == region
        assert nearest["song"] != "s00"
        assert title == nearest["title"]
    distances = suspects.measure_distances(("any",))
    assert distances.loc["s00", "s00"] == pytest.approx(0, abs=0.1)
    assert suspects.find_nearest("s00", "Sea") is None


def run_stages(project):
    for stage in STAGES:
        command(f"stages.{stage}", cwd=project, here=True)
    return pd.read_csv(project / paths.SUSPECTS)["song"].tolist()


@pytest.mark.slow
def test_the_next_training_uses_decisions_and_asks_no_more(tmp_path, wav, monkeypatch):
    project = copy_repository(tmp_path / "project")
    for number in range(24):
        region, pitch = ("coast", 300) if number % 2 else ("hills", 900)
        path = wav(f"song{number}.wav", 4, pitch + 9 * number)
        (project / "music" / region).mkdir(parents=True, exist_ok=True)
        shutil.move(path, project / "music" / region)
    (project / "corpora/mine.yaml").write_text(CORPUS)
    write_params(project, "corpus=mine", "model=logistic", "segment.window=1", "split.folds=3")
    before = run_stages(project)
    wrong, right = before[:2]
    songs = tables.SONGS.read(project).set_index("song")
    region = songs.loc[wrong, "region"]
    other = next(name for name in REGIONS if name != region)
    monkeypatch.chdir(project)
    record_decision("mine", wrong, other)
    record_decision("mine", right, songs.loc[right, "region"])
    after = run_stages(project)
    expected = songs["region"].to_dict() | {wrong: other}
    for table in (tables.SONGS, tables.SEGMENTS, tables.SPLITS):
        rows = table.read(project)
        assert dict(zip(rows["song"], rows["region"], strict=True)) == expected
    assert not {wrong, right} & set(after)
    assert after
    deps = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text())["stages"]
    assert all("corpora/${corpus}.yaml" in deps[stage]["deps"] for stage in ("download", "train"))
