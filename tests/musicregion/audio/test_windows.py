import numpy as np
import pytest
import soundfile

from musicregion.audio.segmenting import segment_or_reason, segment_song
from musicregion.audio.windows import cut_windows
from musicregion.config import params
from musicregion.errors import InputError, Undecodable
from tests.conftest import RATE

SETTINGS = params.load().segment


def cut(samples, length=10, tail=2, block=7):
    song = np.arange(1, samples + 1, dtype="float32")
    blocks = [song[start : start + block] for start in range(0, samples, block)]
    return list(cut_windows(blocks, length, tail))


def test_a_long_song_is_cut_and_a_short_remainder_dropped():
    windows = cut(22)
    assert [window.samples[0] for window in windows] == [1, 11]
    assert [window.real for window in windows] == [10, 10]


def test_a_long_remainder_is_looped_to_fill_a_window():
    last = cut(23)[-1]
    assert last.real == 3
    assert last.samples.tolist() == [21, 22, 23, 21, 22, 23, 21, 22, 23, 21]


@pytest.mark.parametrize("samples", [1, 2, 9])
def test_a_short_song_is_looped_however_short(samples):
    (only,) = cut(samples)
    assert only.real == samples
    assert only.samples.tolist() == [1 + index % samples for index in range(10)]


def test_windows_do_not_depend_on_how_the_file_is_read():
    for block in (1, 10, 64):
        assert [w.samples.tolist() for w in cut(57, block=block)] == [
            w.samples.tolist() for w in cut(57)
        ]


def test_a_song_becomes_a_whole_number_of_windows(wav, tmp_path):
    target = tmp_path / "song.flac"
    rows = segment_song(wav("song.wav", 25.0, rate=44_100), target, SETTINGS)
    wave, rate = soundfile.read(target)
    info = soundfile.info(target)
    assert (rate, info.channels, info.subtype) == (22_050, 1, "PCM_16")
    assert len(wave) == 3 * 10 * RATE
    assert [row["index"] for row in rows] == [0, 1, 2]
    assert [row["start_s"] for row in rows] == [0, 10, 20]
    assert [row["looped"] for row in rows] == [False, False, True]
    assert rows[2]["duration_s"] == pytest.approx(5, abs=0.01)


def test_the_same_song_is_the_same_bytes(wav, tmp_path):
    song = wav("song.wav", 12)
    for name in ("a.flac", "b.flac"):
        segment_song(song, tmp_path / name, SETTINGS)
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()


def test_a_silent_or_too_short_song_is_left_out_and_leaves_no_file(wav, tmp_path):
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(5 * RATE), RATE)
    for song, reason in ((silent, "silent"), (wav("short.wav", 0.5), r"too short: 0\.50 s")):
        with pytest.raises(Undecodable, match=reason):
            segment_song(song, tmp_path / "out.flac", SETTINGS)
    assert not list(tmp_path.glob("out*"))


def test_an_unreadable_song_gives_a_reason_and_no_exception(tmp_path):
    bad = tmp_path / "bad.mp3"
    bad.write_bytes(b"no music")
    assert "not readable" in segment_or_reason(bad, tmp_path / "bad.flac", SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.mp3"]


def test_a_song_whose_file_is_gone_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"none\.mp3: not readable: .*dvc repro -f download"):
        segment_or_reason(tmp_path / "none.mp3", tmp_path / "none.flac", SETTINGS)
