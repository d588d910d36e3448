"""Copies of a song as they occur in playlists: compressed again, cut, looped, at another level."""

import tempfile
from pathlib import Path

import av
import numpy as np
import soundfile

from musicregion.audio import landmarks
from musicregion.audio.segmenting import segment_or_reason
from musicregion.config import sections
from musicregion.errors import InputError

ORIGINAL = ""
KINDS = ["MP3 64 kbit/s", "Opus 32 kbit/s", "AAC 64 kbit/s", "trimmed", "looped"]
KINDS += ["12 dB softer", "6 dB louder, clipped", "trimmed, softer, MP3 48"]


def encode(
    wave: np.ndarray, rate: int, path: Path, codec: str, bits: int, codec_rate: int = 0
) -> None:
    """Write a wave, [sample] or [channel, sample], with one of FFmpeg's lossy encoders.

    bits: a second. codec_rate: in Hz, of the file; 0: the wave's.
    """
    planes = np.ascontiguousarray(np.atleast_2d(wave), "float32")
    layout = "stereo" if len(planes) == 2 else "mono"
    codec_rate = codec_rate or rate
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=codec_rate)
        stream.bit_rate, stream.layout = bits, layout
        frame = av.AudioFrame.from_ndarray(planes, "fltp", layout)
        frame.rate = rate
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(stream.format.name, layout, codec_rate, frame_size=size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def write_copy(source: Path, kind: str, folder: Path) -> Path:
    """Write a copy of a song, one of KINDS, and return its path."""
    wave, rate = soundfile.read(source, dtype="float32")
    trimmed = wave[round(7.013 * rate) : -round(4.5 * rate)]
    match kind:
        case "MP3 64 kbit/s":
            encode(wave, rate, path := folder / "mp3.mp3", "mp3", 64_000)
        case "Opus 32 kbit/s":
            encode(wave, rate, path := folder / "opus.webm", "libopus", 32_000)
        case "AAC 64 kbit/s":
            encode(wave, rate, path := folder / "aac.m4a", "aac", 64_000)
        case "trimmed":
            soundfile.write(path := folder / "trimmed.flac", trimmed, rate)
        case "looped":
            loop = np.concatenate([wave, wave, wave[: len(wave) // 2]])
            soundfile.write(path := folder / "looped.flac", loop, rate)
        case "12 dB softer":
            soundfile.write(path := folder / "softer.flac", wave * 0.25, rate)
        case "6 dB louder, clipped":
            soundfile.write(path := folder / "louder.flac", np.clip(wave * 2, -1, 1), rate)
        case "trimmed, softer, MP3 48":
            encode(trimmed * 0.25, rate, path := folder / "all.mp3", "mp3", 48_000)
        case _:
            raise ValueError(f"{kind!r} is not one of {KINDS}")
    return path


def copy_landmarks(source: Path, kind: str, settings: sections.Segment) -> np.ndarray:
    """Landmarks of a song or of its copy, by the pipeline's steps: segment, then fingerprint.

    kind: one of KINDS, or ORIGINAL.

    Raises:
        InputError: the song cannot be decoded.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = source if kind == ORIGINAL else write_copy(source, kind, Path(folder))
        target = Path(folder, "song.flac")
        rows = segment_or_reason(path, target, settings)
        if isinstance(rows, str):
            raise InputError(f"{path}: {rows}")
        return landmarks.extract_landmarks(target)
