"""What microphones send is read whatever it is, and little of it is kept."""

import time
import wave
from threading import Event

import numpy as np
import pytest

from app.page import live_audio
from app.page.live_audio import LiveVisitors, read_wav
from app.page.requests import Refused


def write_wav(path, samples, rate=48_000, channels=1, width=2):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(np.asarray(samples, f"<i{width}").tobytes())
    return path


def test_samples_are_read(tmp_path):
    rate, samples = read_wav(write_wav(tmp_path / "a.wav", [1, -2, 3]))
    assert (rate, samples.tolist(), samples.dtype) == (48_000, [1, -2, 3], "int16")
    stereo = write_wav(tmp_path / "b.wav", [2, 4, -6, -8], channels=2)
    assert read_wav(stereo)[1].tolist() == [3, -7]


def test_a_header_that_states_no_length_is_read(tmp_path):
    path = write_wav(tmp_path / "a.wav", [1, 2])  # as a browser does while it records
    content = bytearray(path.read_bytes())
    content[4:8], content[40:44] = b"\xf7\xff\xff\xff", b"\xd3\xff\xff\xff"
    path.write_bytes(content)
    assert read_wav(path)[1].tolist() == [1, 2]


def test_few_seconds_of_a_long_file_are_read(tmp_path):
    long = write_wav(tmp_path / "a.wav", np.zeros(60 * 8000), rate=8000)
    assert len(read_wav(long)[1]) == live_audio.LONGEST * 8000


@pytest.mark.parametrize(
    "content",
    [
        {"width": 1},
        {"width": 4},
        {"rate": 1},
        {"rate": 500_000},
        {"channels": 3},
        b"",
        b"RIFF",
        b"garbage" * 99,
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\0\0" + bytes(60),
        b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff",
        b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff",
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, content):
    path = tmp_path / "a.wav"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        write_wav(path, [1, 2, 3, 4, 5, 6], **content)
    with pytest.raises(Refused, match="cannot read"):
        read_wav(path)


@pytest.fixture
def visitors():
    """Visitors whose prediction is what is predicted."""
    return LiveVisitors(lambda samples, rate: (samples, rate), 2)


@pytest.fixture
def write(tmp_path):
    return lambda seconds, value, rate: write_wav(
        tmp_path / "a.wav", np.full(round(seconds * rate), value), rate
    )


def listen(visitors, write, session, rate, *values):
    """Send a tenth of a second of each value; returns the predictions, in order."""
    predictions = []
    for value in values:
        predictions.append(visitors.listen(session, write(0.1, value, rate)))
    return [prediction for prediction in predictions if prediction]


def test_every_second_the_last_window_is_predicted(visitors, write):
    predictions = listen(visitors, write, "a", 8000, *range(51))
    assert [rate for _, rate in predictions] == [8000] * 5
    windows = [samples[:: 8000 // 10].tolist() for samples, _ in predictions]
    assert windows[0] == list(range(10))
    assert windows[4] == list(range(30, 50))
    assert len(visitors.visitors["a"].samples) == 16_000
    ((window, rate),) = listen(visitors, write, "a", 16_000, *[7] * 12)  # another microphone
    assert (set(window), rate) == ({7}, 16_000)


def test_a_prediction_that_takes_long_is_not_waited_for(write, monkeypatch):
    monkeypatch.setattr(live_audio, "WAIT", 0.01)
    go = Event()
    visitors = LiveVisitors(lambda samples, rate: go.wait(20) and "ready", 2)
    second = write(1, 0, 8000)
    assert [visitors.listen("a", second) for _ in range(5)] == [None] * 5
    go.set()
    visitors.pool.submit(int).result()
    assert visitors.listen("a", second) == "ready"


def test_a_prediction_that_fails_is_a_sentence_and_the_next_one_is_made(write):
    outcomes = iter([Refused("Something went wrong."), None])

    def predict(samples, rate):
        if error := next(outcomes):
            raise error
        return "ready"

    visitors = LiveVisitors(predict, 2)
    with pytest.raises(Refused, match="went wrong"):
        listen(visitors, write, "a", 8000, *[0] * 12)
    assert listen(visitors, write, "a", 8000, *[0] * 12) == ["ready"]


def test_visitors_beyond_the_room_are_refused_until_one_has_gone(visitors, write, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(live_audio.time, "monotonic", lambda: now)
    for number in range(live_audio.VISITORS):
        listen(visitors, write, str(number), 8000, 0)
    with pytest.raises(Refused, match="4 visitors are listening"):
        listen(visitors, write, "next", 8000, 0)
    visitors.remove("0")
    listen(visitors, write, "next", 8000, 0)
    now += live_audio.IDLE + 1
    listen(visitors, write, "after a while", 8000, 0)
    assert list(visitors.visitors) == ["after a while"]
