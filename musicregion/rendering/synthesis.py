"""Turns MIDI into audio with pretty_midi's soundfont, and simulates its recording in a room.

In float64 until the file's 16 bits: the last bits of a result differ between processors, and 16
bits are so much coarser that the file does not.
"""

import io
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile

SAMPLE_RATE = 48_000  # Hz, the synthesizer's own
FADE = 1.0  # seconds


@cache
def load_soundfont() -> bytes:
    """TimGM6mb.sf2 of the pretty_midi package: General MIDI, GPL-2."""
    path = distribution("pretty_midi").locate_file("pretty_midi/TimGM6mb.sf2")
    return Path(str(path)).read_bytes()


def render(midi: bytes, instruments: bytes | None = None) -> np.ndarray:
    """Play a MIDI file. Returns mono float64 [sample] at SAMPLE_RATE.

    midi: the file's content. instruments: a soundfont (SF2); None: load_soundfont().
    """
    import midirenderer

    wave = midirenderer.render_wave_from(instruments or load_soundfont(), midi)
    stereo, _ = soundfile.read(io.BytesIO(wave), dtype="float64")  # [sample, channel]
    mono: np.ndarray = stereo.mean(axis=1)
    return mono


def simulate_recording(dry: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Simulate a recording of a performance in a random room; float64 [sample], as long as `dry`.

    A classifier must not recognise a region by its recording, so every song has its own random
    reverberation, spectral tilt, bandwidth and loudness.
    """
    decay = random.uniform(0.15, 1.0)  # seconds until the room is 60 dB down
    wet = random.uniform(0.0, 0.35)
    time = np.arange(int(decay * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time)) * 10 ** (-3 * time / decay)
    room = wet * tail / np.sqrt((tail**2).sum())
    room[0] += 1
    size = scipy.fft.next_fast_len(len(dry) + len(room), real=True)
    frequency = scipy.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    tilt = random.uniform(-1.5, 1.5)  # dB an octave, around 1 kHz
    cutoff = random.uniform(6_000, 16_000)  # Hz
    gain = 10 ** (tilt * np.log2(np.maximum(frequency, 50) / 1000) / 20)
    gain /= np.sqrt(1 + (frequency / cutoff) ** 8)  # fourth-order Butterworth
    spectrum = scipy.fft.rfft(dry, size) * scipy.fft.rfft(room, size)
    spectrum *= gain
    wave = scipy.fft.irfft(spectrum, size)[: len(dry)]
    loudness = random.uniform(-25, -16)  # dB, root mean square below full scale
    wave *= 10 ** (loudness / 20) / max(np.sqrt((wave**2).mean()), 1e-9)
    recording: np.ndarray = wave / max(1.0, np.abs(wave).max())
    return recording


def fit_length(wave: np.ndarray, seconds: float) -> np.ndarray:
    """Cut [sample] to exactly `seconds`, or pad it with silence; fade its end out."""
    length = round(seconds * SAMPLE_RATE)
    wave = np.pad(wave[:length], (0, max(0, length - len(wave))))
    fade = min(length, round(FADE * SAMPLE_RATE))
    wave[length - fade :] *= np.linspace(1, 0, fade)
    return wave


def write_flac(wave: np.ndarray, path: Path) -> None:
    """Write mono 16-bit FLAC: the same samples give the same bytes."""
    soundfile.write(path, wave, SAMPLE_RATE, "PCM_16", format="FLAC")
