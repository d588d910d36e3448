"""Folders to choose from: those with songs, near ones first, none that are hidden."""

from pathlib import Path

from app.page import music_folders


def test_folders_with_songs_are_listed_as_a_corpus_file_names_them(tmp_path, monkeypatch):
    home, project = tmp_path / "home", tmp_path / "home/project"
    for name in (
        *("Music/Coast/a.MP3", "Music/b.flac", "Music/text/c.txt", ".cache/d.mp3", "e.mp3"),
        *("project/music/f.wav", "project/data/raw/g.wav", "project/.dvc/h.wav"),
        "1/2/3/4/5/i.mp3",
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    monkeypatch.chdir(project)
    monkeypatch.setattr(Path, "home", lambda: home)
    assert music_folders.find_music_folders() == ["music", "~/Music", "~/Music/Coast"]
    monkeypatch.setattr(music_folders, "MOST_SHOWN", 1)
    assert music_folders.find_music_folders() == ["music", "~/Music"]
    monkeypatch.setattr(music_folders, "MOST_LOOKED_AT", 1)
    assert music_folders.find_music_folders() == []
