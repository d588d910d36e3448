"""Sounds that belong to no region: noise, beeps, speech, applause and single notes.

Equal on every machine, but for speech, which differs between versions of espeak-ng.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from musicregion.errors import InputError

SHORTEST, LONGEST = 10, 30  # seconds
PEAK = 0.05, 0.9  # lowest and highest, of full scale
VOICES = ("en-gb", "en-us", "de", "fr-fr", "es", "it", "pl", "ru", "tr", "cmn")
SENTENCES = (  # each read in every voice, whatever its language
    "All human beings are born free and equal in dignity and rights.",
    "They are endowed with reason and conscience and should act in a spirit of brotherhood.",
    "Everyone has the right to life, liberty and security of person.",
    "Everyone has the right to rest and leisure, including limitation of working hours.",
    "Everyone has the right freely to participate in the cultural life of the community.",
    "Everyone has the right to enjoy the arts and to share in scientific advancement.",
)
Synthesis = Callable[[np.random.Generator, int, int], np.ndarray]  # random, samples, Hz: [sample]


def white(random: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Noise of equal power at all frequencies."""
    return random.normal(size=samples)


def pink(random: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Noise whose power falls with frequency, by 3 dB an octave."""
    spectrum = np.fft.rfft(random.normal(size=samples))
    frequencies = np.fft.rfftfreq(samples, 1 / rate)
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 20)), samples)


def beeps(random: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """A pure tone that is switched on and off in equal intervals."""
    time = np.arange(samples) / rate
    period = random.uniform(0.2, 2)  # seconds
    on = time % period < random.uniform(0.2, 0.8) * period
    return np.sin(2 * np.pi * random.uniform(300, 4000) * time) * on


def applause(random: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Claps at random times, in bursts: each a few milliseconds of noise that dies away."""
    from scipy.signal import fftconvolve

    clap = np.exp(-np.arange(round(0.04 * rate)) / (random.uniform(0.003, 0.01) * rate))
    swell = np.sin(np.pi * np.arange(samples) / rate / random.uniform(4, 12)) ** 2
    claps = random.random(samples) < random.uniform(20, 300) / rate * swell
    envelope = fftconvolve(claps * random.uniform(0.2, 1, samples), clap)[:samples]
    return envelope * random.normal(size=samples)


def held_note(random: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """One note with its overtones and a slight vibrato, held to the end."""
    time = np.arange(samples) / rate
    pitch = 440 * 2 ** (random.integers(-24, 25) / 12)
    depth = random.uniform(0, 0.005) / random.uniform(4, 7)
    phase = 2 * np.pi * pitch * (time + depth * np.sin(2 * np.pi * 5 * time) / 5)
    fall = random.uniform(0.5, 2)  # how fast overtones get weaker
    overtones = range(1, min(20, int(rate / 2 / pitch)))
    return np.sum([np.sin(number * phase) / number**fall for number in overtones], axis=0)


def speech(random: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Sentences read by espeak-ng.

    Raises:
        InputError: espeak-ng is not installed.
    """
    import soundfile
    import soxr

    if not shutil.which("espeak-ng"):
        raise InputError("espeak-ng is not there, which reads the speech. `apt install espeak-ng`")
    words = ["espeak-ng", "-v", str(random.choice(VOICES))]
    words += ["-s", str(random.integers(120, 200)), "-p", str(random.integers(10, 90))]
    text = " ".join(SENTENCES[index] for index in random.permutation(len(SENTENCES)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "speech.wav")
        subprocess.run([*words, "-w", file, text], check=True)
        wave, file_rate = soundfile.read(file)
    return np.resize(soxr.resample(wave, file_rate, rate), samples)


KINDS: dict[str, Synthesis] = {
    function.__name__: function for function in (white, pink, beeps, speech, applause, held_note)
}


def make_noise(kind: str, number: int, rate: int) -> np.ndarray:
    """A sound of some length and level, float32 [sample]; the same for the same arguments.

    rate: Hz.

    Raises:
        InputError: espeak-ng is not installed.
    """
    random = np.random.default_rng([number, *kind.encode()])
    samples = int(random.integers(SHORTEST, LONGEST + 1)) * rate
    level = np.exp(random.uniform(*np.log(PEAK)))
    wave = KINDS[kind](random, samples, rate)
    scaled: np.ndarray = (level * wave / np.abs(wave).max()).astype("float32")
    return scaled
