import os
import re

import pytest

from musicregion.config import corpus, params
from musicregion.corpus import folk, folk_songs, sources
from musicregion.errors import Unavailable


def assert_contract(songs, folder):
    """The contract of every source: unique ids, valid as file names; a file named by the id."""
    assert len({song.song for song in songs}) == len(songs)
    for song in songs:
        assert re.fullmatch(r"[a-z0-9-]+", song.song)
        assert song.title
        assert song.source
        folder.mkdir(exist_ok=True)
        path = song.fetch(folder, song.song).path
        assert path.stem == song.song
        assert path.parent == folder
        assert path.stat().st_size > 1000
        path.unlink()
    assert not list(folder.iterdir())


def test_a_folder_offers_its_audio_files(wav, tmp_path):
    for name in ("music/b.wav", "music/deep/Ä b (2).flac", "music/deep/b.wav"):
        wav(name, 1)
    (tmp_path / "music/cover.jpg").touch()
    songs = sources.list_folder("A", str(tmp_path / "music"))
    assert [song.title for song in songs] == ["b", "b", "Ä b (2)"]
    assert_contract(songs, tmp_path / "out")


def test_a_glob_offers_what_it_matches(wav, tmp_path):
    wav("music/a.wav", 1)
    wav("music/b.flac", 1)
    songs = sources.list_folder("A", str(tmp_path / "music/*.flac"))
    assert [song.title for song in songs] == ["b"]


def test_brackets_in_a_file_name_are_not_a_pattern(wav, tmp_path):
    wav("music/song [x1].wav", 1)
    (song,) = sources.list_folder("A", str(tmp_path / "music/song [x1].wav"))
    assert song.title == "song [x1]"


def test_a_file_name_that_is_not_valid_text_is_accepted(wav, tmp_path):
    wav("music/a.wav", 1).rename(tmp_path / "music" / os.fsdecode(b"caf\xe9.wav"))
    songs = sources.list_folder("A", str(tmp_path / "music"))
    assert songs[0].title == "caf\ufffd"
    assert_contract(songs, tmp_path / "out")


def test_ids_do_not_depend_on_where_the_repository_is(wav, tmp_path, monkeypatch):
    ids = []
    for name in ("here", "there"):
        wav(f"{name}/music/deep/a.wav", 1)
        wav(f"{name}/music/a.wav", 1)
        monkeypatch.setenv("DVC_ROOT", str(tmp_path / name))
        for source in ("music", "music/**/*.wav"):
            ids.append([song.song for song in sources.list_folder("A", source)])
    assert ids[:2] == ids[2:]
    assert len(set(ids[0])) == 2


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(Unavailable, match="nowhere: no such folder"):
        sources.list_folder("A", str(tmp_path / "nowhere"))


def test_a_file_with_other_content_is_another_version(wav, tmp_path):
    (before,) = sources.list_folder("A", str(wav("music/a.wav", 1)))
    (after,) = sources.list_folder("A", str(wav("music/a.wav", 1, pitch=300)))
    assert before.song == after.song
    assert before.version != after.version


def test_licences_csv_gives_author_and_licence(wav, tmp_path):
    wav("music/deep/a.wav", 1)
    wav("music/b.wav", 1)
    (tmp_path / "music/licences.csv").write_text("file,author,licence\ndeep/a.wav,Ada,CC-BY-4.0\n")
    b, a = sources.list_folder("A", str(tmp_path / "music"))
    fetched = a.fetch(tmp_path, "a")
    assert (fetched.author, fetched.licence) == ("Ada", "CC-BY-4.0")
    assert b.fetch(tmp_path, "b").author == ""


def test_folk_songs_keep_the_contract_and_their_length(tmp_path):
    import soundfile

    settings = params.load().folk.model_copy(update={"seconds": (6.0, 8.0)})
    songs = [
        folk_songs.folk_song(recipe, settings)
        for recipe in folk.choose_recipes(corpus.load("folk"), 12, 1)
    ]
    assert_contract(songs, tmp_path / "out")
    path = songs[0].fetch(tmp_path, "again").path
    assert 6 <= soundfile.info(path).duration <= 8
    assert path.read_bytes() == songs[0].fetch(tmp_path, "third").path.read_bytes()


def test_a_folk_song_with_other_settings_is_another_version():
    settings = params.load().folk
    recipe = folk.choose_recipes(corpus.load("folk"), 12, 1)[0]
    longer = settings.model_copy(update={"seconds": (60.0, 90.0)})
    versions = [
        folk_songs.folk_song(recipe, chosen).version for chosen in (settings, settings, longer)
    ]
    assert versions[0] == versions[1] != versions[2]
