"""Changes of a recording after which a listener would still name the same region.

What a model does with them tells what it relies on (B. L. Sturm, A simple method to determine if a
music information retrieval system is a "horse", IEEE Transactions on Multimedia, 2014).
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.signal

from benchmarks.song_copies import encode
from musicregion.audio.decode import decode

LEVEL = 0.1  # root mean square of songs that are matched in level: 20 dB below full scale
LOW_PASS, HIGH_PASS, ORDER = 7000, 60, 8  # Hz, Hz, and the order of the Butterworth filters
BITS = 64_000  # a second, of lossy codecs


@dataclass(frozen=True, eq=False)  # so that it can be a key of a cache
class Excerpt:
    """The beginning of a song: as its file has it, and as the pipeline decodes it."""

    channels: np.ndarray  # float32 [sample, channel]
    file_rate: int  # Hz, of channels
    mono: np.ndarray  # float32 [sample]
    rate: int  # Hz, of mono


def read_excerpt(path: Path, seconds: float, rate: int) -> Excerpt:
    """The first seconds of an audio file. rate: of mono, Hz.

    Raises:
        Undecodable: the file cannot be read so far.
    """
    blocks: list[np.ndarray] = []
    rates: list[int] = []

    def observe(block: np.ndarray, file_rate: int) -> None:
        blocks.append(block)
        rates.append(file_rate)

    mono: list[np.ndarray] = []
    for block in decode(path, rate, observe):
        mono.append(block)
        if sum(map(len, mono)) >= seconds * rate:
            break
    channels = np.concatenate(blocks)[: round(seconds * rates[0]), :2]
    return Excerpt(channels, rates[0], np.concatenate(mono)[: round(seconds * rate)], rate)


def amplify(excerpt: Excerpt, gain: float) -> np.ndarray:
    """gain: dB."""
    return excerpt.mono * 10 ** (gain / 20)


def root_mean_square(wave: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(wave, dtype="float64"))))


def match_level(wave: np.ndarray, level: float = LEVEL) -> np.ndarray:
    return wave * (level / max(root_mean_square(wave), 1e-9))


def filter_band(excerpt: Excerpt, kind: str, frequency: float) -> np.ndarray:
    """kind: lowpass or highpass; frequency: Hz."""
    sections = scipy.signal.butter(ORDER, frequency, kind, fs=excerpt.rate, output="sos")
    return scipy.signal.sosfilt(sections, excerpt.mono)


def tilt(excerpt: Excerpt, slope: float) -> np.ndarray:
    """Amplify by `slope` dB an octave, 0 dB at 1 kHz."""
    wave = excerpt.mono
    frequency = scipy.fft.rfftfreq(len(wave), 1 / excerpt.rate)
    gain = 10 ** (slope * np.log2(np.maximum(frequency, 50) / 1000) / 20)
    return scipy.fft.irfft(scipy.fft.rfft(wave) * gain, len(wave))


@lru_cache(maxsize=2)
def compress(excerpt: Excerpt, codec: str, codec_rate: int) -> np.ndarray:
    """Encode what the file has, at BITS, and decode it as the pipeline does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "song.ogg" if codec == "libopus" else "song.mp3")
        encode(excerpt.channels.T, excerpt.file_rate, path, codec, BITS, codec_rate)
        return np.concatenate(list(decode(path, excerpt.rate)))


def change_tempo(excerpt: Excerpt, factor: float) -> np.ndarray:
    import librosa

    wave = librosa.effects.time_stretch(excerpt.mono, rate=factor)
    return match_level(wave, root_mean_square(excerpt.mono))  # the phase vocoder is 3 dB softer


def change_pitch(excerpt: Excerpt, semitones: float) -> np.ndarray:
    import librosa

    wave = librosa.effects.pitch_shift(excerpt.mono, sr=excerpt.rate, n_steps=semitones)
    return match_level(wave, root_mean_square(excerpt.mono))


def shuffle_blocks(excerpt: Excerpt) -> np.ndarray:
    """The excerpt's seconds in random order: no melody, no rhythm, no form; the same sound."""
    blocks = np.array_split(excerpt.mono, max(1, round(len(excerpt.mono) / excerpt.rate)))
    order = np.random.default_rng(0).permutation(len(blocks))
    return np.concatenate([blocks[index] for index in order])


def neutralise(excerpt: Excerpt) -> np.ndarray:
    """Through one codec, within one band, at one level: what regions may no longer differ in."""
    compressed = replace(excerpt, mono=compress(excerpt, codec="libopus", codec_rate=48_000))
    low = replace(excerpt, mono=filter_band(compressed, "lowpass", LOW_PASS))
    return match_level(filter_band(low, "highpass", HIGH_PASS))


ORIGINAL, NEUTRALISED = "excerpt", "neutralised"
INTERVENTIONS: dict[str, Callable[[Excerpt], np.ndarray]] = {
    ORIGINAL: lambda excerpt: excerpt.mono,
    "6 dB louder": partial(amplify, gain=6),
    "6 dB softer": partial(amplify, gain=-6),
    "level matched": lambda excerpt: match_level(excerpt.mono),
    "low-pass 7 kHz": partial(filter_band, kind="lowpass", frequency=LOW_PASS),
    "low-pass 7 kHz, level matched": lambda excerpt: match_level(
        filter_band(excerpt, "lowpass", LOW_PASS)
    ),
    "high-pass 60 Hz": partial(filter_band, kind="highpass", frequency=HIGH_PASS),
    "Opus 64 kbit/s": partial(compress, codec="libopus", codec_rate=48_000),
    "MP3 64 kbit/s": partial(compress, codec="mp3", codec_rate=44_100),
    "tilt 1.5 dB an octave": partial(tilt, slope=1.5),
    "tilt -1.5 dB an octave": partial(tilt, slope=-1.5),
    "tempo 6 % faster": partial(change_tempo, factor=1.06),
    "tempo 6 % slower": partial(change_tempo, factor=0.94),
    "pitch 1 semitone higher": partial(change_pitch, semitones=1),
    "pitch 1 semitone lower": partial(change_pitch, semitones=-1),
    "seconds shuffled": shuffle_blocks,
    NEUTRALISED: neutralise,
}
