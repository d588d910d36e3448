"""Short clips of songs, for a page that carries them: Opus in WebM, some 3.5 kB a second.

Chromium and Firefox play them, of Safari only later versions. FFmpeg's `bitexact` leaves out dates
and random numbers: the same song is the same bytes.
"""

import base64
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr

from musicregion.audio.windows import FULL_SCALE
from musicregion.errors import InputError
from musicregion.storage import cache_key, checksums, stored_tasks

RATE = 24_000  # Hz; Opus has no 22 050
BIT_RATE = 24_000  # bits a second that the encoder aims at
COMPLEXITY = "5"  # of 10; 10 takes half as long again, for sound that is hardly better
LONGEST, SHORTEST = 8.0, 3.0  # seconds
PACKAGES = ["av", "numpy", "soundfile", "soxr"]  # that decide a clip's bytes
MANY = 250  # songs; with more, clips are shorter, since a page has at most 15 MB


@dataclass(frozen=True)
class Clip:
    """The middle of a song."""

    start_s: float
    duration_s: float
    data: str  # a WebM file, base64


def clip_seconds(songs: int) -> float:
    """How long the clips of a page with so many songs are."""
    return min(LONGEST, max(SHORTEST, LONGEST * MANY / songs))


def encode_opus(samples: np.ndarray) -> bytes:
    """A WebM file. samples: int16 [sample] at RATE."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm", options={"fflags": "+bitexact"}) as container:
        options = {"compression_level": COMPLEXITY, "flags": "+bitexact"}
        stream = container.add_stream("libopus", RATE, options, layout="mono")
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def missing(path: Path, error: Exception) -> InputError:
    """The error that a song's file of segments is missing or damaged."""
    return InputError(f"{path}: not readable ({error}). `dvc checkout` restores it.")


def read_checksum(path: Path) -> str:
    """Of the samples of a song's file of segments; raises InputError as cut_clip."""
    try:
        return checksums.flac_md5(path)
    except OSError as error:
        raise missing(path, error) from None


def cut_clip(path: Path, seconds: float) -> Clip:
    """The middle `seconds` of a song's file of segments, or all of a shorter one.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        with soundfile.SoundFile(path) as file:
            rate, length = file.samplerate, min(file.frames, round(seconds * file.samplerate))
            start = (file.frames - length) // 2
            file.seek(start)
            samples = soxr.resample(file.read(length, dtype="float32"), rate, RATE)
    except (OSError, soundfile.SoundFileError) as error:
        raise missing(path, error) from None
    scaled = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    data = base64.b64encode(encode_opus(scaled.astype("int16"))).decode()
    return Clip(start / rate, length / rate, data)


def cut_clip_to_store(path: Path, seconds: float) -> dict[str, Any]:
    """cut_clip as a result for the store of songs' results."""
    return vars(cut_clip(path, seconds))


def cut_clips(files: dict[str, Path]) -> dict[str, Clip]:
    """A clip of each song; encoded once, and kept for the reports of other trainings.

    files: of segments, by song id.

    Raises:
        InputError: a file is missing or damaged.
        TaskDied: the process that encoded a clip crashed.
    """
    seconds = clip_seconds(max(len(files), 1))
    code = cache_key.source_key(None, [__name__], PACKAGES)
    keys = [cache_key.join_keys(code, str(seconds), read_checksum(path)) for path in files.values()]
    items = [(path, seconds) for path in files.values()]
    clips = {}
    results = stored_tasks.map_stored(cut_clip_to_store, keys, items, "clips for the report")
    for song, result in zip(files, results, strict=True):
        if isinstance(result, Exception):
            raise result
        clips[song] = Clip(**result)
    return clips
