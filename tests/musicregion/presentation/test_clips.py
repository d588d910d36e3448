import base64
from functools import partial

import av
import numpy as np
import pytest
import soundfile

from musicregion.errors import InputError
from musicregion.presentation import clips
from musicregion.storage import stored_tasks
from tests.conftest import RATE, map_in_process, tone


def loudest_pitch(samples):
    """Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return np.fft.rfftfreq(len(samples), 1 / clips.RATE)[spectrum.argmax()]


def test_a_clip_is_the_middle_of_the_song_and_the_same_bytes_again(tmp_path):
    song = np.concatenate([tone(4, 300), tone(4, 1000), tone(4, 300)])
    soundfile.write(tmp_path / "song.flac", song, RATE)
    clip = clips.cut_clip(tmp_path / "song.flac", 3)
    assert clips.cut_clip(tmp_path / "song.flac", 3) == clip
    assert (clip.start_s, clip.duration_s) == (4.5, 3)
    (tmp_path / "clip.webm").write_bytes(base64.b64decode(clip.data))
    with av.open(tmp_path / "clip.webm") as file:
        (stream,) = file.streams
        assert (stream.codec_context.name, stream.channels) == ("opus", 1)
        resampler = av.AudioResampler("flt", "mono", clips.RATE)
        parts = [part for frame in file.decode(stream) for part in resampler.resample(frame)]
    samples = np.concatenate([part.to_ndarray()[0] for part in parts])
    assert len(samples) == pytest.approx(3 * clips.RATE, rel=0.02)
    assert loudest_pitch(samples) == pytest.approx(1000, rel=0.01)
    middle = song[6 * RATE : 7 * RATE]
    loudness = samples[round(1.5 * clips.RATE) : round(2.5 * clips.RATE)].std()
    assert loudness == pytest.approx(middle.std(), rel=0.05)


def test_a_song_that_is_too_short_is_played_whole(tmp_path):
    soundfile.write(tmp_path / "song.flac", tone(1), RATE)
    clip = clips.cut_clip(tmp_path / "song.flac", 8)
    assert (clip.start_s, clip.duration_s) == (0, 1)


def test_more_songs_have_shorter_clips():
    assert clips.clip_seconds(1) == clips.clip_seconds(250) == 8
    assert clips.clip_seconds(500) == 4
    assert clips.clip_seconds(9999) == 3


def test_a_song_without_segments_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone.flac: not readable .* `dvc checkout`"):
        clips.cut_clip(tmp_path / "gone.flac", 8)


def test_clips_are_encoded_once_for_all_reports(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    in_process = partial(stored_tasks.map_stored, each=map_in_process)
    monkeypatch.setattr(clips.stored_tasks, "map_stored", in_process)
    for name, pitch in (("low", 200), ("high", 900)):
        soundfile.write(tmp_path / f"{name}.flac", tone(2, pitch), RATE)
    files = {name: tmp_path / f"{name}.flac" for name in ("low", "high")}
    first = clips.cut_clips(files)
    assert first == {name: clips.cut_clip(path, 8) for name, path in files.items()}
    encoded = []
    monkeypatch.setattr(clips, "encode_opus", lambda samples: encoded.append(1) or b"again")
    assert clips.cut_clips(files) == first
    soundfile.write(tmp_path / "high.flac", tone(2, 500), RATE)
    assert clips.cut_clips(files)["low"] == first["low"]
    assert len(encoded) == 1  # the song that has changed


def test_songs_without_segments_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"gone.flac: not readable .* `dvc checkout`"):
        clips.cut_clips({"gone": tmp_path / "gone.flac"})
