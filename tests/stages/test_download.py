"""The stage with real yt-dlp against a real server on loopback: nothing is mocked."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
import soundfile
import yaml

from musicregion.config import corpus, params
from musicregion.corpus import failures, label_decisions, listing, update, ytdlp
from musicregion.errors import DownloadError
from musicregion.storage import checksums, paths, tables
from stages import download
from tests.conftest import RATE, REPOSITORY, command, environment, tone
from tests.musicregion.audio.test_decode import encode
from tests.site import Site

QUICK = {"sleep": 0, "retries": 1, "timeout": 2, "allow_missing": 1}
SONGS = [f"{name}.wav" for name in "abcdef"]


@pytest.fixture
def site():
    server = Site()
    yield server
    server.close()


@pytest.fixture
def stage(site, wav, tmp_path, monkeypatch):
    """stage(**download params): runs the stage on regions A and B; returns songs.csv by title."""
    for number, name in enumerate(SONGS):
        site.files[f"/{name}"] = wav(f"served/{name}", 1, 300 + 50 * number).read_bytes()
    lists = {"A": site.playlist("A", SONGS[:3]), "B": site.playlist("B", SONGS[3:])}
    (tmp_path / "corpora").mkdir()
    regions = {name: {"sources": [url]} for name, url in lists.items()}
    (tmp_path / "corpora/net.yaml").write_text(yaml.safe_dump({"regions": regions}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["download"])

    def run(**changes) -> pd.DataFrame:
        settings = yaml.safe_load((REPOSITORY / "params.yaml").read_text())
        settings["corpus"] = "net"
        settings["download"] |= QUICK | changes
        Path("params.yaml").write_text(yaml.safe_dump(settings))
        site.requests.clear()
        download.main()
        table = tables.SONGS.read()
        assert_consistent(table)
        return table.set_index("title")

    return run


def assert_consistent(table):
    """data/raw holds what the table names, and nothing else; no temporary file is left."""
    files = {path.as_posix() for path in Path("data/raw").rglob("*") if path.is_file()}
    good = table[table["status"] == "ok"]
    assert files == set(good["path"])
    for row in good.itertuples():
        served = Path("served", urlsplit(row.source).path[1:])
        assert Path(row.path).read_bytes() == served.read_bytes()
    assert not Path("data/raw.part").exists()


def test_songs_are_downloaded_once_and_unchanged(stage, site, capsys):
    table = stage()
    assert table["status"].tolist() == ["ok"] * 6
    assert table["duration_s"].tolist() == [1.0] * 6
    stage()
    assert [path for path in site.requests if path.endswith(".wav")] == []
    assert "0       6       0" in capsys.readouterr().out


def test_a_new_entry_is_one_download_and_a_removed_one_is_dropped(stage, site):
    stage()
    site.playlist("A", ["a.wav", "c.wav"])
    site.playlist("B", [*SONGS[3:], "b.wav"])
    table = stage()
    assert set(table.index) == set(SONGS)
    assert table.loc["b.wav", "path"].startswith("data/raw/B/")
    assert not [path for path in site.requests if path.endswith(".wav")]  # moved, not fetched
    site.files["/g.wav"] = (
        Path("served/g.wav").write_bytes(site.files["/a.wav"]) and site.files["/a.wav"]
    )
    site.playlist("A", ["a.wav", "g.wav"])
    table = stage()
    assert "c.wav" not in table.index
    assert {path for path in site.requests if path.endswith(".wav")} == {"/g.wav"}


def stored_songs() -> list[Path]:
    return sorted(Path(".song_results").glob("*/output.pkl"))


def test_a_song_that_is_damaged_in_the_store_is_fetched_again(stage, site):
    complete = stage()
    first, second, third, *_ = stored_songs()
    with first.open("r+b") as file:
        file.truncate(first.stat().st_size - 9)
    content = bytearray(second.read_bytes())
    content[-9] ^= 1
    second.write_bytes(content)
    third.unlink()
    shutil.rmtree("data")
    assert stage().equals(complete)
    assert len({path for path in site.requests if path.endswith(".wav")}) == 3
    assert stage().equals(complete)
    assert not [path for path in site.requests if path.endswith(".wav")]


def test_a_damaged_output_is_written_again_from_the_store(stage, site):
    table = stage()
    Path(table.loc["a.wav", "path"]).write_bytes(b"damaged")
    Path(table.loc["e.wav", "path"]).unlink()
    assert stage().equals(table)  # with the files' content, see assert_consistent
    assert not [path for path in site.requests if path.endswith(".wav")]


def test_a_song_of_two_corpora_is_downloaded_once(stage, site):
    stage()
    lists = {"C": site.playlist("C", ["b.wav"]), "D": site.playlist("D", ["e.wav"])}
    regions = {name: {"sources": [url]} for name, url in lists.items()}
    Path("corpora/other.yaml").write_text(yaml.safe_dump({"regions": regions}))
    shutil.rmtree("data")  # as DVC does before it runs the stage
    settings = yaml.safe_load(Path("params.yaml").read_text())
    Path("params.yaml").write_text(yaml.safe_dump(settings | {"corpus": "other"}))
    site.requests.clear()
    download.main()
    assert tables.SONGS.read()["title"].tolist() == ["b.wav", "e.wav"]
    assert_consistent(tables.SONGS.read())
    assert not [path for path in site.requests if path.endswith(".wav")]


def test_after_a_pull_no_song_is_downloaded_again(stage, site, tmp_path):
    site.faults["/f.wav"] = "404"
    complete = stage()
    command("dvc", "init", "-q", "--no-scm", cwd=tmp_path)
    command("dvc", "add", "-q", "data/raw", "data/songs.csv", cwd=tmp_path)
    for name in ("data/raw", ".song_results"):
        shutil.rmtree(name)
    Path("data/songs.csv").unlink()
    site.playlist("A", SONGS[:3], {"a.wav": "[Private video]"})
    table = stage()
    assert {path for path in site.requests if path.endswith(".wav")} == {"/f.wav"}
    assert table.loc["a.wav", "kind"] == "private"
    assert table["sha256"].equals(complete["sha256"])
    for name in ("data/raw", ".song_results"):
        shutil.rmtree(name)
    Path("data/songs.csv").unlink()
    md5 = checksums.md5(Path("served/a.wav"))
    Path(f".dvc/cache/files/md5/{md5[:2]}/{md5[2:]}").unlink()
    assert stage()["status"].tolist() == ["failed", "ok", "ok", "ok", "ok", "failed"]
    assert {path for path in site.requests if path.endswith(".wav")} == {"/f.wav"}


def test_equal_ids_of_two_sites_are_two_songs(stage, site, wav):
    stage()
    other = Site()
    other.files["/a.wav"] = wav("other/a.wav", 2).read_bytes()
    try:
        for server, seconds in ((site, 1.0), (other, 2.0)):
            addresses = {"A": f"{server.url}/a.wav", "B": f"{site.url}/e.wav"}
            regions = {name: {"sources": [address]} for name, address in addresses.items()}
            Path("corpora/net.yaml").write_text(yaml.safe_dump({"regions": regions}))
            download.main()
            assert tables.SONGS.read()["duration_s"].tolist() == [seconds, 1.0]
    finally:
        other.close()


def test_songs_of_a_local_folder_are_not_copied_to_the_store(stage):
    stage()
    regions = {"A": {"sources": ["served/[abc].wav"]}, "B": {"sources": ["served/[def].wav"]}}
    Path("corpora/net.yaml").write_text(yaml.safe_dump({"regions": regions}))
    shutil.rmtree(".song_results")
    download.main()
    assert (tables.SONGS.read()["status"] == "ok").all()
    assert len(list(Path("data/raw").rglob("*.wav"))) == 6
    assert stored_songs() == []


def test_a_song_that_is_gone_at_its_source_keeps_its_file_and_is_marked(stage, site):
    stage()
    site.playlist("A", SONGS[:3], {"a.wav": "[Private video]", "b.wav": "[Deleted video]"})
    site.playlist("B", [*SONGS[3:], "h.wav"], {"h.wav": "[Deleted video]"})
    table = stage().reset_index()
    assert table["title"].tolist() == [*SONGS, "[Deleted video]"]
    assert table["kind"].tolist() == ["private", "deleted", "", "", "", "", "deleted"]
    assert table["status"].tolist() == ["ok"] * 6 + ["failed"]
    assert "kept" in table["reason"][0]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("404", "deleted"),
        ("403", "sign-in"),
        ("401", "sign-in"),
        ("500", "network"),
        ("503", "network"),
        ("cut", "network"),
        ("stall", "network"),
        ("claims more", "network"),
        ("html", "no audio"),
    ],
)
def test_a_fault_fails_one_song_with_its_kind(stage, site, fault, kind):
    site.faults["/b.wav"] = fault
    table = stage()
    assert table.loc["b.wav", ["status", "kind"]].tolist() == ["failed", kind]
    assert table.loc["b.wav", "reason"]
    assert (table.drop("b.wav")["status"] == "ok").all()
    site.faults.clear()
    assert (stage()["status"] == "ok").all()
    assert {path for path in site.requests if path.endswith(".wav")} == {"/b.wav"}


@pytest.mark.parametrize("fault", ["once 500", "once cut", "once stall"])
def test_what_fails_once_is_tried_again(stage, site, fault):
    site.faults["/b.wav"] = fault
    assert stage().loc["b.wav", "status"] == "ok"


def test_a_server_that_understates_a_length_gives_no_more_than_it_sent(stage, site):
    site.faults["/b.wav"] = "claims less"
    site.files["/b.wav"] *= 2
    assert stage().loc["b.wav", "status"] == "ok"


def test_too_many_requests_stop_the_stage_and_the_next_run_continues(stage, site):
    site.faults["/e.wav"] = "429"
    with pytest.raises(DownloadError, match=r"429[\s\S]*download\.sleep[\s\S]*continues"):
        stage(concurrent=1)
    present = {path.stem for path in Path("data/raw").rglob("*.wav")}
    assert len(present) == 4  # f, the last, was not started
    site.faults.clear()
    assert (stage()["status"] == "ok").all()
    fetched = {path for path in site.requests if path.endswith(".wav")}
    assert len(fetched) == 6 - len(present)


def test_a_playlist_that_cannot_be_listed_loses_no_song(stage, site):
    stage()
    site.faults["/A.xml"] = "500"
    with pytest.raises(DownloadError, match=r"corpora/net\.yaml: network: .*A\.xml"):
        stage()
    assert len(list(Path("data/raw").rglob("*.wav"))) == 6
    site.faults["/A.xml"] = "429"
    with pytest.raises(DownloadError, match=r"rate-limited: .*download\.sleep"):
        stage()


def add_sources(region, *addresses):
    path = Path("corpora/net.yaml")
    chosen = yaml.safe_load(path.read_text())
    chosen["regions"][region]["sources"] += addresses
    path.write_text(yaml.safe_dump(chosen))


@pytest.fixture
def links(stage, site, wav):
    """Links to two songs, both named "01", which are sources of region A."""
    names = ["disc1/01.wav", "disc2/01.wav"]
    for number, name in enumerate(names):
        site.files[f"/{name}"] = wav(f"served/{name}", 1, 200 + 70 * number).read_bytes()
    addresses = [f"{site.url}/{name}" for name in names]
    add_sources("A", *addresses)
    return addresses


@pytest.mark.parametrize(("fault", "kind"), [("404", "deleted"), ("500", "network")])
def test_a_link_to_one_song_that_fails_costs_that_song(stage, site, links, fault, kind):
    site.faults["/disc1/01.wav"] = fault
    table = stage(allow_missing=0.2).reset_index().set_index("source")
    assert table.loc[links[0], ["status", "kind", "region"]].tolist() == ["failed", kind, "A"]
    assert f"{links[0]}: " in table.loc[links[0], "reason"]
    assert f"HTTP Error {fault}" in table.loc[links[0], "reason"]
    assert (table.drop(links[0])["status"] == "ok").all()
    with pytest.raises(DownloadError, match=rf"1 of 8 songs failed \({kind} 1\).*allow_missing"):
        stage(allow_missing=0.1)


def test_a_link_to_one_song_that_fails_later_keeps_its_file(stage, site, links):
    table = stage().reset_index().set_index("source")
    site.faults["/disc1/01.wav"] = "404"
    later = stage(allow_missing=0).reset_index().set_index("source")
    assert later.loc[links[0], ["status", "kind"]].tolist() == ["ok", "deleted"]
    assert "kept" in later.loc[links[0], "reason"]
    columns = ["song", "title", "path", "sha256"]
    assert later[columns].equals(table[columns])
    site.faults.clear()
    assert stage().reset_index().set_index("source").equals(table)


def test_a_link_whose_failure_concerns_all_songs_stops_the_stage(stage, site, links):
    stage()
    site.faults["/disc1/01.wav"] = "429"
    with pytest.raises(DownloadError, match=r"net\.yaml: rate-limited: .*download\.sleep"):
        stage()
    assert len(list(Path("data/raw").rglob("*.wav"))) == 8


@pytest.mark.parametrize(
    ("url", "video"),
    [
        *(
            (address, ("Youtube-BaW_jenozKc", "https://www.youtube.com/watch?v=BaW_jenozKc"))
            for address in (
                "https://www.youtube.com/watch?v=BaW_jenozKc",
                "https://youtu.be/BaW_jenozKc?t=1",
                "https://music.youtube.com/watch?v=BaW_jenozKc",
            )
        ),
        (
            "https://vimeo.com/123456",
            ("Vimeo-https://vimeo.com/123456", "https://vimeo.com/123456"),
        ),
        ("https://www.youtube.com/watch?v=BaW_jenozKc&list=PL123456789012345", None),
        ("https://www.youtube.com/playlist?list=PL123456789012345", None),
        ("https://soundcloud.com/somebody/sets/songs", None),
        ("https://example.org/feed.xml", None),
    ],
)
def test_links_to_one_video_are_known_without_a_request(url, video):
    assert ytdlp.identify_video(url) == video


def test_an_empty_playlist_is_named(stage, site):
    site.playlist("A", [])
    with pytest.raises(DownloadError, match=r"A\.xml"):
        stage()


def test_long_and_large_songs_are_left_out(stage, site, wav):
    site.files["/b.wav"] = wav("served/b.wav", 4).read_bytes()
    table = stage(max_duration=3)
    assert table.loc["b.wav", ["status", "kind"]].tolist() == ["failed", "too long"]
    table = stage(max_size=0.1)
    assert table.loc["b.wav", "kind"] == "too large"
    assert "download.max_size" in table.loc["b.wav", "reason"]


def test_more_failures_than_allowed_stop_the_stage(stage, site):
    site.faults["/b.wav"] = "404"
    stage(allow_missing=0.2)
    with pytest.raises(DownloadError, match=r"1 of 6 songs failed \(deleted 1\).*allow_missing"):
        stage(allow_missing=0.1)
    assert len(list(Path("data/raw").rglob("*.wav"))) == 5


def test_a_song_in_two_regions_is_left_out_unless_the_corpus_file_decides(stage, site, capsys):
    site.playlist("B", [*SONGS[3:], "a.wav"])
    table = stage()
    assert table.loc["a.wav", ["status", "kind"]].tolist() == ["failed", "contested"]
    name = table.loc["a.wav", "song"]
    assert f"WARNING: {name} is in A and B" in capsys.readouterr().out
    path = Path("corpora/net.yaml")
    chosen = yaml.safe_load(path.read_text())
    for key in (name, f"{site.url}/a.wav"):
        path.write_text(yaml.safe_dump(chosen | {"belongs": {key: "B"}}))
        table = stage()
        assert table.loc["a.wav", ["status", "region"]].tolist() == ["ok", "B"]


def test_a_song_is_in_the_region_that_the_corpus_file_decides_whichever_lists_it(stage, site):
    table = stage()
    name, other = table.loc["a.wav", "song"], table.loc["b.wav", "song"]
    label_decisions.record_decision("net", name, "B")
    label_decisions.record_decision("net", other, "A")  # as it is
    decided = stage()
    assert decided.loc["a.wav", ["status", "region"]].tolist() == ["ok", "B"]
    assert decided.loc["a.wav", "path"] == f"data/raw/B/{name}.wav"
    assert decided.drop("a.wav").equals(table.drop("a.wav"))
    assert not [path for path in site.requests if path.endswith(".wav")]  # moved, not fetched


def test_after_a_kill_during_a_download_the_next_run_continues(stage, site):
    stage(timeout=25)  # the song that stalls is to stall until the kill
    names = [f"k{number}.wav" for number in range(4)]
    for name in names:
        shutil.copy("served/a.wav", f"served/{name}")
        site.files[f"/{name}"] = site.files["/a.wav"]
    site.playlist("A", [*SONGS[:3], *names])
    site.faults["/k2.wav"] = "stall"
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.download"],
        env=environment() | {"PYTHONPATH": str(REPOSITORY)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while (
        not (partial := list(Path("data/raw.part").glob("*k2*.part")))
        or not partial[0].stat().st_size
    ):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert partial[0].stat().st_size < len(site.files["/k2.wav"])
    for path in Path("data/raw").rglob("*.wav"):
        assert path.read_bytes() in site.files.values()
    shutil.rmtree("data/raw")
    site.faults.clear()
    table = stage()
    assert table["status"].tolist() == ["ok"] * 10
    fetched = {path for path in site.requests if path.endswith(".wav")}
    assert "/k2.wav" in fetched
    assert not fetched & {f"/{name}" for name in SONGS}


def test_lower_limits_apply_to_songs_that_are_there(stage, site, wav):
    site.files["/b.wav"] = wav("served/b.wav", 4).read_bytes()
    stage()
    assert stage(max_duration=3)["kind"].tolist() == ["", "too long", "", "", "", ""]
    stage()
    assert stage(max_size=0.1)["kind"].tolist() == ["", "too large", "", "", "", ""]


def test_a_stream_in_fragments_is_complete_or_failed(stage, site, tmp_path):
    encode(tmp_path / "whole.aac", tone(4, rate=48_000), 48_000, "aac")
    content = (tmp_path / "whole.aac").read_bytes()
    quarter = len(content) // 4 + 1
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1"]
    for number in range(4):
        site.files[f"/part{number}.aac"] = content[number * quarter : (number + 1) * quarter]
        lines += ["#EXTINF:1.0,", f"{site.url}/part{number}.aac"]
    site.files["/live.m3u8"] = "\n".join([*lines, "#EXT-X-ENDLIST"]).encode()
    site.playlist("A", ["live.m3u8"])
    site.faults["/part2.aac"] = "500"
    with pytest.raises(DownloadError, match="1 of 4 songs failed"):
        stage(allow_missing=0)
    site.faults.clear()
    shutil.copy("whole.aac", "served/live.m3u8")
    assert stage().loc["live.m3u8", "status"] == "ok"


def test_two_songs_at_a_time_and_one_after_another_give_the_same_table(stage):
    sequential = stage(concurrent=1)
    shutil.rmtree("data")
    assert stage(concurrent=4).equals(sequential)


def test_a_cookies_file_is_sent_and_not_written_to(stage, site, tmp_path):
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tkey\tvalue\n")
    before = cookies.read_bytes()
    assert (stage(cookies=str(cookies))["status"] == "ok").all()
    assert cookies.read_bytes() == before
    with pytest.raises(DownloadError, match=r"nowhere\.txt"):
        stage(cookies=str(tmp_path / "nowhere.txt"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Private video. Sign in if you've been granted access to this video", "private"),
        ("Video unavailable. This video has been removed by the uploader", "deleted"),
        ("This video is no longer available because the account has been terminated", "deleted"),
        ("The uploader has not made this video available in your country", "geo-blocked"),
        ("Sign in to confirm your age. This video may be inappropriate", "sign-in"),
        ("Join this channel to get access to members-only content", "sign-in"),
        ("Sign in to confirm you’re not a bot. Use --cookies", "bot check"),
        ("HTTP Error 429: Too Many Requests", "rate-limited"),
        ("Your account has been rate-limited by YouTube for up to an hour", "rate-limited"),
        ("Unable to download webpage: timed out", "network"),
        ("unable to write data: [Errno 28] No space left on device", "disk full"),
        ("Requested format is not available", "no audio"),
        ("[generic] private-video-removed: Failed to parse http://a/geo-blocked JSON", "other"),
    ],
)
def test_messages_of_yt_dlp_are_classified(text, kind):
    assert failures.classify(text) == kind


def test_the_album_is_from_the_corpus_file_or_else_from_the_tags(tmp_path, wav, monkeypatch):
    wav("tagged/a.wav", 1)
    with soundfile.SoundFile(tmp_path / "tagged/b.ogg", "w", RATE, 1) as file:
        file.album, file.artist = "Winds", "Somebody"
        file.write(tone(1))
    chosen = corpus.Corpus.model_validate(
        {
            "regions": {
                "A": {"sources": [{"source": f"{tmp_path}/tagged/*.wav", "album": "Mine"}]},
                "B": {"sources": [f"{tmp_path}/tagged/b.ogg"]},
            }
        }
    )
    settings = params.load()
    monkeypatch.chdir(tmp_path)
    paths.RAW_PART.mkdir(parents=True)
    songs = listing.list_corpus(chosen, settings)
    rows = list(update.add_songs(songs, settings.download).values())
    assert [(row["album"], row["author"]) for row in rows] == [("Mine", ""), ("Winds", "Somebody")]
