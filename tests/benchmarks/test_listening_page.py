"""The page shows the first songs of each region and kind, and escapes what is not its own."""

from benchmarks.listening_page import SONGS, write_page


def test_the_page_has_the_first_songs_of_each_kind_and_is_escaped(tmp_path):
    song = tmp_path / "song.flac"
    song.write_bytes(b"fLaC")
    songs = [{"region": "A & B", "path": song, "run": run} for run in range(SONGS + 1)]
    key = "true", "decoder", True
    write_page({key: songs}, {key: ["A & B", "<b>", "A & B"]}, tmp_path / "page")
    page = (tmp_path / "page/index.html").read_text()
    assert page.count("<audio") == SONGS
    assert "<h2>A &amp; B</h2>" in page
    assert '<td class="wrong">&lt;b&gt;</td>' in page
    assert 'src="a%20%26%20b-true-decoder-true-0.flac"' in page
    assert len(list((tmp_path / "page").glob("*.flac"))) == SONGS
