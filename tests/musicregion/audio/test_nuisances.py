"""What is measured of a song's file does not depend on how it is decoded."""

import av
import numpy as np
import pytest
import soundfile

from musicregion.audio.decode import decode
from musicregion.audio.nuisances import NuisanceMeter

RATE = 44_100  # Hz


def noise(seconds: float = 4.0) -> np.ndarray:
    """White noise, float32 [sample]."""
    return np.random.default_rng(0).normal(0, 0.1, round(seconds * RATE)).astype("float32")


def low_passed(wave: np.ndarray, cut_off: float) -> np.ndarray:
    spectrum = np.fft.rfft(wave)
    spectrum[np.fft.rfftfreq(len(wave), 1 / RATE) > cut_off] = 0
    return np.fft.irfft(spectrum, len(wave)).astype("float32")


def measure(path):
    meter = NuisanceMeter()
    for _ in decode(path, 22_050, meter.add):
        pass
    return meter.nuisances(path)


def test_format_level_width_and_cut_off_of_a_file(tmp_path):
    wave = low_passed(noise(), 9000)
    path = tmp_path / "a.flac"
    soundfile.write(path, np.stack([wave, wave], axis=1), RATE)
    same = measure(path)
    assert (same["codec"], same["sample_rate"], same["channels"]) == ("FLAC", RATE, 2)
    assert same["duration_s"] == 4
    assert same["width"] == 0
    assert same["cut_off"] == pytest.approx(9000, abs=100)
    level = 10 * np.log10(np.mean(wave.astype(float) ** 2))
    assert same["level_db"] == pytest.approx(level, abs=0.06)
    assert same["peak_db"] == pytest.approx(20 * np.log10(np.abs(wave).max()), abs=0.06)
    assert same["crest_db"] == pytest.approx(same["peak_db"] - same["level_db"])
    soundfile.write(path, np.stack([wave, -wave / 2], axis=1), RATE)
    assert measure(path)["width"] == pytest.approx(0.9, abs=0.001)  # 1.5² of 1.5² + 0.5²
    soundfile.write(path, wave / 2, RATE)
    mono = measure(path)
    assert (mono["channels"], mono["width"]) == (1, 0)
    assert mono["level_db"] == pytest.approx(level - 6.02, abs=0.06)
    soundfile.write(path, np.stack([wave, -wave] + 2 * [wave / 2], axis=1), RATE)
    four = measure(path)
    assert four["channels"] == 4
    assert four["level_db"] == pytest.approx(level - 2.04, abs=0.06)  # the mean of 1, 1, ¼, ¼
    assert four["peak_db"] == same["peak_db"]


def test_other_decoder_and_other_blocks_measure_the_same(tmp_path):
    wave = low_passed(noise(), 9000)
    stereo = np.stack([wave, wave / 3], axis=1)
    soundfile.write(tmp_path / "a.flac", stereo, RATE)
    path = tmp_path / "a.mka"  # which soundfile cannot read
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE)
        stream.layout, stream.format = "stereo", "s16"
        samples = np.rint(stereo * 32_768).astype("int16").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, "s16", "stereo")
        frame.rate = RATE
        resampler = av.AudioResampler("s16", "stereo", RATE, frame_size=1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    codec = {"codec": "PCM_S16LE"}
    assert measure(path) == measure(tmp_path / "a.flac") | codec


def test_a_compressed_file_is_told_by_its_codec(tmp_path):
    wave = noise(2)
    path = tmp_path / "a"
    for codec, container, subtype in (
        ("VORBIS", "OGG", "VORBIS"),
        ("OPUS", "OGG", "OPUS"),
        ("MP3", "MP3", "MPEG_LAYER_III"),
    ):
        soundfile.write(path, wave, 48_000, format=container, subtype=subtype)
        assert measure(path)["codec"] == codec


def test_silence_and_numbers_that_are_none_are_measured_too(tmp_path):
    meter = NuisanceMeter()
    meter.add(np.zeros((100, 2), "float32"), RATE)
    silent = meter.nuisances(tmp_path / "none")
    assert silent["level_db"] == silent["peak_db"] == -120
    assert (silent["codec"], silent["cut_off"], silent["width"]) == ("", 0, 0)
    meter.add(np.array([[np.nan, np.inf]], "float32"), RATE)
    assert np.isfinite(meter.nuisances(tmp_path / "none")["level_db"])
