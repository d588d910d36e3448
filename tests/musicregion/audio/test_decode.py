import av
import numpy as np
import pytest
import soundfile

from musicregion.audio.decode import decode
from musicregion.audio.metadata import read_duration
from musicregion.errors import Undecodable
from tests.conftest import tone


def encode(path, wave, rate, codec, tags=None):
    """Write [sample] with FFmpeg's encoder, as m4a, webm and so on."""
    kind = "matroska" if path.suffix == ".mka" else None
    with av.open(str(path), "w", format=kind) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        frame.rate = rate
        resampler = av.AudioResampler(stream.format.name, "mono", rate, frame_size=1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def peak_frequency(wave, rate):
    return np.abs(np.fft.rfft(wave)).argmax() * rate / len(wave)


@pytest.mark.parametrize(
    ("name", "rate"),
    [("a.wav", 44_100), ("a.flac", 48_000), ("a.ogg", 22_050), ("a.mp3", 44_100), ("a.wav", 8_000)],
)
def test_what_soundfile_reads_has_the_requested_rate_length_and_pitch(wav, name, rate):
    wave = np.concatenate(list(decode(wav(name, 3, 440, rate), 22_050)))
    assert wave.dtype == np.float32
    assert len(wave) / 22_050 == pytest.approx(3, abs=0.06)
    assert peak_frequency(wave, 22_050) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.webm", "libopus")])
def test_what_soundfile_cannot_read_pyav_reads(tmp_path, name, codec):
    path = tmp_path / name
    encode(path, tone(3, rate=48_000), 48_000, codec)
    with pytest.raises(soundfile.SoundFileError):
        soundfile.info(path)
    wave = np.concatenate(list(decode(path, 22_050)))
    assert len(wave) / 22_050 == pytest.approx(3, abs=0.1)
    assert peak_frequency(wave, 22_050) == pytest.approx(440, abs=2)
    assert read_duration(path) == pytest.approx(3, abs=0.1)


def test_stereo_becomes_the_mean_of_its_channels(tmp_path):
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([np.full(1000, 0.5), np.full(1000, -0.1)], 1), 22_050, "FLOAT")
    assert np.concatenate(list(decode(path, 22_050))) == pytest.approx(0.2)


def test_decoded_numbers_are_finite(tmp_path):
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([0, np.nan, np.inf, -np.inf, 0.5]), 22_050, "FLOAT")
    assert np.concatenate(list(decode(path, 22_050))).tolist() == [0, 0, 1, -1, 0.5]


@pytest.mark.parametrize("content", [b"", b"<html>not music</html>", bytes(5000)])
def test_what_is_not_audio_is_undecodable(tmp_path, content):
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    with pytest.raises(Undecodable):
        list(decode(path, 22_050))
    assert read_duration(path) is None
