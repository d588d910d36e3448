import os
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stages import corpus, download, folk, params, playlist, sources
from stages.sources import Unavailable


@pytest.fixture
def server(tmp_path):
    """An HTTP server on loopback for the files of tmp_path; yields its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def assert_contract(songs, folder):
    """What every source promises: stable, unique, safe ids; a file named by the id."""
    assert len({song.song for song in songs}) == len(songs)
    for song in songs:
        assert re.fullmatch(r"[a-z0-9-]+", song.song)
        assert song.title
        assert song.source
        folder.mkdir(exist_ok=True)
        path = song.fetch(folder, song.song)
        assert path.stem == song.song
        assert path.parent == folder
        assert path.stat().st_size > 1000
        path.unlink()
    assert not list(folder.iterdir())


def test_a_folder_offers_its_audio_files(wav, tmp_path):
    for name in ("music/b.wav", "music/deep/Ä b (2).flac", "music/deep/b.wav"):
        wav(name, 1)
    (tmp_path / "music/cover.jpg").touch()
    songs = sources.local("A", str(tmp_path / "music"))
    assert [song.title for song in songs] == ["b", "b", "Ä b (2)"]
    assert_contract(songs, tmp_path / "out")


def test_a_glob_offers_what_it_matches(wav, tmp_path):
    wav("music/a.wav", 1)
    wav("music/b.flac", 1)
    songs = sources.local("A", str(tmp_path / "music/*.flac"))
    assert [song.title for song in songs] == ["b"]


def test_brackets_in_a_file_name_are_not_a_pattern(wav, tmp_path):
    wav("music/song [x1].wav", 1)
    (song,) = sources.local("A", str(tmp_path / "music/song [x1].wav"))
    assert song.title == "song [x1]"


def test_a_file_name_that_is_no_text_is_taken_all_the_same(wav, tmp_path):
    wav("music/a.wav", 1).rename(tmp_path / "music" / os.fsdecode(b"caf\xe9.wav"))
    songs = sources.local("A", str(tmp_path / "music"))
    assert songs[0].title == "caf\ufffd"
    assert_contract(songs, tmp_path / "out")


def test_ids_do_not_depend_on_where_the_repository_is(wav, tmp_path, monkeypatch):
    found = []
    for name in ("here", "there"):
        wav(f"{name}/music/deep/a.wav", 1)
        wav(f"{name}/music/a.wav", 1)
        monkeypatch.setenv("DVC_ROOT", str(tmp_path / name))
        for source in ("music", "music/**/*.wav"):
            found.append([song.song for song in sources.local("A", source)])
    assert found[:2] == found[2:]
    assert len(set(found[0])) == 2


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Unavailable, match="nowhere: no such folder"):
        sources.local("A", str(tmp_path / "nowhere"))


def test_folk_songs_keep_the_contract_and_their_length(tmp_path):
    import soundfile

    chosen = corpus.load("folk")
    settings = params.load().folk.model_copy(update={"seconds": (6.0, 8.0)})
    songs = [
        sources.folk(recipe, chosen.regions[recipe.region].sources[0].palette, settings)
        for recipe in folk.recipes(chosen, 12, 1)
    ]
    assert_contract(songs, tmp_path / "out")
    path = songs[0].fetch(tmp_path, "again")
    assert 6 <= soundfile.info(path).duration <= 8
    assert path.read_bytes() == songs[0].fetch(tmp_path, "third").read_bytes()


def test_a_playlist_is_listed_and_fetched_as_delivered(server, wav, tmp_path):
    for name in ("one.wav", "two.flac"):
        wav(name, 1)
    items = "".join(
        f"<item><title>{name}</title><enclosure url='{server}/{name}' type='audio/x'/></item>"
        for name in ("one.wav", "two.flac", "gone.mp3")
    )
    (tmp_path / "list.xml").write_text(
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>L</title>{items}</channel></rss>"
    )
    songs = playlist.songs("A", f"{server}/list.xml", 0)
    assert [song.title for song in songs] == ["one.wav", "two.flac", "gone.mp3"]
    assert_contract(songs[:2], tmp_path / "out")
    path = songs[1].fetch(tmp_path / "out", "two")
    assert path.read_bytes() == (tmp_path / "two.flac").read_bytes()
    with pytest.raises(Unavailable, match="404"):
        songs[2].fetch(tmp_path / "out", "gone")


def test_a_playlist_that_is_not_there_is_named(server):
    with pytest.raises(Unavailable, match=r"/none\.xml.*404"):
        playlist.songs("A", f"{server}/none.xml", 0)


def test_a_song_in_two_regions_is_noticed(wav, tmp_path):
    wav("both/a.wav", 1)
    songs = [*sources.local("A", f"{tmp_path}/both"), *sources.local("B", f"{tmp_path}/both")]
    assert list(download.contested(songs).values()) == [["A", "B"]]
    assert songs[0].source == f"{tmp_path}/both: a.wav"
