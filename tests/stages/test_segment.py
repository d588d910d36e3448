"""The stage as a whole: what it keeps, what it drops, and that no file can stop it."""

import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from musicregion.audio import segmenting
from musicregion.config import params
from musicregion.errors import NotEnoughData
from musicregion.storage import tables
from stages import segment
from tests.conftest import REPOSITORY

COLUMNS = {"unknown": False, "title": "t", "source": "s", "author": "", "licence": ""}
COLUMNS |= {"version": "", "duration_s": 0.0, "status": "ok", "kind": "", "reason": ""}


@pytest.fixture
def stage(wav, tmp_path, monkeypatch):
    """stage(songs): runs the stage on songs {name: pitch}; returns every output by its path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["segment"])
    shutil.copytree(REPOSITORY / "corpora", "corpora")
    shutil.copy(REPOSITORY / "params.yaml", "params.yaml")

    def run(songs: dict[str, float]) -> dict[str, bytes]:
        rows = []
        for name, pitch in songs.items():
            path = Path("data/raw/A", f"{name}.wav")
            if pitch:
                wav(str(path), 11, pitch)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"no music")
            row = {"song": name, "region": "A", "path": str(path), "sha256": f"{name} {pitch}"}
            rows.append(COLUMNS | row)
        tables.SONGS.write(rows)
        segment.main()
        return outputs()

    return run


def outputs() -> dict[str, bytes]:
    files = [path for path in Path("data").rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files if "raw" not in path.parts}


def times() -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in Path("data/segments/A").iterdir()}


def test_only_new_and_changed_songs_are_cut_and_dropped_ones_are_removed(stage):
    stage({"a": 300, "b": 400, "c": 500, "bad": 0})
    before = times()
    incremental = stage({"new": 350, "a": 300, "b": 450, "bad": 0})
    after = times()
    assert after["a.flac"] == before["a.flac"]
    assert after["b.flac"] > before["b.flac"]
    assert sorted(after) == ["a.flac", "b.flac", "new.flac"]
    shutil.rmtree("data")
    Path("data/raw/A").mkdir(parents=True)
    assert stage({"new": 350, "a": 300, "b": 450, "bad": 0}) == incremental


def test_nuisances_of_every_usable_song_are_measured(stage):
    stage({"a": 300, "b": 400, "bad": 0})
    table = tables.NUISANCES.read()
    assert table["song"].tolist() == ["a", "b"]
    assert set(table["codec"]) == {"WAV"}
    assert table["duration_s"].tolist() == [11, 11]


def test_another_window_cuts_every_song_again(stage):
    stage({"a": 300})
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["segment"]["window"] = 5
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    stage({"a": 300})
    rows = tables.SEGMENTS.read()
    assert rows["start_s"].tolist() == [0, 5]


def test_a_missing_file_is_made_again(stage):
    complete = stage({"a": 300, "b": 400})
    Path("data/segments/A/a.flac").unlink()
    assert stage({"a": 300, "b": 400}) == complete


def remove_outputs() -> None:
    """As DVC does before it runs the stage."""
    shutil.rmtree("data/segments")
    for name in ("segments.csv", "failed.csv", "nuisances.csv"):
        Path("data", name).unlink()


@pytest.fixture
def cut(monkeypatch, tmp_path):
    """cut(): names of the songs that were cut since the last call."""
    log = tmp_path / "cut.txt"
    monkeypatch.setattr(segmenting, "segment_to_store", note_and_segment)

    def read() -> list[str]:
        names = log.read_text().split() if log.is_file() else []
        log.unlink(missing_ok=True)
        return sorted(names)

    return read


segment_to_store = segmenting.segment_to_store


def note_and_segment(source, target, settings):
    """segment_to_store, which leaves a note that it was called."""
    with Path("cut.txt").open("a") as file:
        file.write(f"{source.stem}\n")
    return segment_to_store(source, target, settings)


def test_removed_outputs_are_written_again_and_no_song_is_cut_twice(stage, cut):
    complete = stage({"a": 300, "b": 400, "bad": 0})
    assert cut() == ["a", "b", "bad"]
    remove_outputs()
    assert stage({"a": 300, "b": 400, "bad": 0}) == complete
    assert cut() == []
    remove_outputs()
    stage({"c": 500})
    assert cut() == ["c"]


def test_a_damaged_or_deleted_result_is_made_again(stage, cut):
    complete = stage({"a": 300, "b": 400, "c": 500})
    cut()
    first, second, third = sorted(Path(".song_results").glob("*/output.pkl"))
    with first.open("r+b") as file:
        file.truncate(first.stat().st_size // 2)
    content = bytearray(second.read_bytes())
    content[-100] ^= 1
    second.write_bytes(content)
    third.unlink()
    remove_outputs()
    assert stage({"a": 300, "b": 400, "c": 500}) == complete
    assert cut() == ["a", "b", "c"]
    remove_outputs()
    assert stage({"a": 300, "b": 400, "c": 500}) == complete
    assert cut() == []


def test_a_song_that_moves_to_another_region_is_not_cut_again(stage, cut):
    stage({"a": 300})
    cut()
    songs = tables.SONGS.read()
    tables.SONGS.write(songs.assign(region="B"))
    segment.main()
    assert cut() == []
    assert [path.name for path in Path("data/segments").rglob("*.flac")] == ["a.flac"]
    assert Path("data/segments/B/a.flac").is_file()


def test_a_file_that_does_not_match_its_row_is_made_again(stage):
    complete = stage({"a": 300, "b": 400})
    path = Path("data/segments/A/a.flac")
    content = bytearray(path.read_bytes())
    content[30] ^= 1  # in the MD5 of its samples
    path.write_bytes(content)
    assert stage({"a": 300, "b": 400}) == complete


def crash(source, target, settings):
    """A decoder that takes its process with it."""
    if source.stem == "b":
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_suffix(".part").write_bytes(b"half")
        os.kill(os.getpid(), 11)
    return segment_to_store(source, target, settings)


def test_a_decoder_that_crashes_costs_one_song(stage, monkeypatch, capsys):
    monkeypatch.setattr(segmenting, "segment_to_store", crash)
    files = stage({"a": 300, "b": 400, "c": 500})
    assert "left out: A/b (s): its process crashed" in capsys.readouterr().out
    assert sorted(Path(path).name for path in files if "segments/" in path) == ["a.flac", "c.flac"]


def test_a_corpus_without_one_usable_song_stops(stage, capsys):
    with pytest.raises(NotEnoughData, match="not one usable song"):
        stage({"bad": 0, "worse": 0})
    assert "left out: A/worse" in capsys.readouterr().out


def test_a_full_disk_is_an_error_and_not_a_failed_song(stage, monkeypatch, tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    settings = params.load().segment
    song = tmp_path / "data/raw/A/a.wav"
    stage({"a": 300})
    target = tmp_path / "full/a.flac"
    target.parent.mkdir()
    target.with_name("a.flac.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="not written"):
        segmenting.segment_or_reason(song, target, settings)
    assert not target.exists()
