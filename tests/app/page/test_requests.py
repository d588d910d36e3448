"""Whatever a visitor sends, the page shows a prediction or a sentence."""

import os
import signal
import tempfile
import time

import av
import numpy as np
import pytest
import soundfile

from app.page import new_song_requests, public_links, requests
from musicregion.errors import Unavailable
from musicregion.generation.order import Order
from tests.conftest import RATE, tone


def crash(*arguments):
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(*arguments):
    time.sleep(60)


def dawdle(folder, link, temporary, *arguments):
    (temporary / "song.mp3").write_bytes(b"half of it")
    time.sleep(60)


def devour(*arguments):
    bytearray(1 << 50)


def test_a_song_is_predicted(trained, songs):
    prediction = requests.predict_upload(trained, songs / "high.wav")
    assert prediction.region == "High"
    assert requests.examine_upload(trained, songs / "high.wav").prediction == prediction


@pytest.mark.parametrize("content", [b"", b"garbage" * 999, b"ID3\x03" + bytes(999), b"RIFF\xff"])
def test_a_file_that_is_no_song_is_a_sentence(trained, tmp_path, content):
    song = tmp_path / "song.mp3"
    song.write_bytes(content)
    with pytest.raises(requests.Refused) as caught:
        requests.predict_upload(trained, song)
    assert str(caught.value).startswith("This song has no prediction: ")
    assert str(caught.value).endswith(".")
    assert "/" not in str(caught.value)


def test_a_list_of_other_files_is_not_followed(trained, songs, tmp_path):
    """FFmpeg plays lists, which could name files of the server."""
    other, song = tmp_path / "secret.mp3", tmp_path / "song.m3u8"
    soundfile.write(other, tone(8), RATE)
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:8", "#EXTINF:8,", str(other), "#EXT-X-ENDLIST", ""]
    song.write_text("\n".join(lines))
    with av.open(str(song)) as container:  # without protection it would be followed
        assert container.streams.audio
    with pytest.raises(requests.Refused, match="not readable as audio"):
        requests.predict_upload(trained, song)


def test_a_decoder_that_crashes_hangs_or_takes_all_memory_fails_only_that_song(
    trained, songs, monkeypatch
):
    cases = ((crash, 60, "crashed"), (hang, 1, "within 1 s"), (devour, 60, "memory"))
    for task, seconds, word in cases:
        with monkeypatch.context() as patch:
            patch.setattr(requests, "SECONDS", seconds)
            patch.setattr(requests, "predict_file", task)
            with pytest.raises(requests.Refused, match=word):
                requests.predict_upload(trained, songs / "high.wav")
    assert requests.predict_upload(trained, songs / "high.wav").region == "High"


def test_an_unexpected_error_is_a_sentence_and_printed_for_the_owner(trained, tmp_path, capsys):
    with pytest.raises(requests.Refused, match="Something went wrong"):
        requests.predict_upload(trained, tmp_path / "gone.wav")
    with pytest.raises(requests.Refused, match="Something went wrong"):
        requests.predict_upload(tmp_path / "no model", tmp_path / "gone.wav")
    assert "no model there" in capsys.readouterr().err


def test_a_link_that_takes_too_long_leaves_no_file(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(requests, "SECONDS", 2)
    monkeypatch.setattr(public_links, "examine_public_link", dawdle)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(requests.Refused, match="within 2 s"):
        requests.examine_link(trained, "https://example.org/a.mp3")
    assert list(tmp_path.iterdir()) == []


def test_a_song_of_hours_is_refused(trained, tmp_path):
    song = tmp_path / "long.flac"
    soundfile.write(song, np.tile(tone(10), 121), RATE)
    with pytest.raises(requests.Refused, match="longer than 20 minutes"):
        requests.predict_upload(trained, song)


def test_a_link_into_a_private_network_is_a_sentence(trained):
    for link in ("http://127.0.0.1:1/a.mp3", "http://[::1]/a.mp3", "http://169.254.169.254/latest"):
        with pytest.raises(requests.Refused, match="private network"):
            requests.examine_link(trained, link)
    for link in ("song", "file:///etc/passwd", "http://", "javascript:alert(1)"):
        with pytest.raises(requests.Refused, match="whole link"):
            requests.examine_link(trained, link)


def test_messages_reveal_nothing_about_the_server():
    for kind in ("network", "other", "disk full", "rate-limited", "deleted", "too long"):
        message = requests.public_message(Unavailable("/srv/secret: No space left", kind))
        assert "/srv" not in message
        assert message.endswith(".")


def test_the_bounds_reach_the_task(trained, monkeypatch):
    calls = []
    monkeypatch.setattr(
        requests.isolated,
        "call_isolated",
        lambda *arguments, **options: calls.append((arguments, options)),
    )
    requests.examine_link(trained, "https://example.org/a.mp3")
    ((task, _, link, _, longest, largest), options) = calls[0]
    assert (task, link) == (public_links.examine_public_link, "https://example.org/a.mp3")
    assert (longest, largest, options) == (1200, 50, {"seconds": 60})


@pytest.mark.parametrize(
    ("region", "seconds"), [("High", 1e9), ("High", 1), ("High", float("nan")), ("Deep", 30)]
)
def test_a_new_song_beyond_the_bounds_is_refused(tmp_path, region, seconds):
    order = Order(tmp_path, tmp_path, region, seconds, 1)
    with pytest.raises(requests.Refused, match="10 to 120 s"):
        next(new_song_requests.make_song(order, {"regions": ["High", "Low"]}, tmp_path, print))
