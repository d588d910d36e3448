"""The constants of the spectral front end: librosa's, made once by the stage and saved.

Its import takes a second and 100 MB, which neither a worker process nor a prediction should wait
for: they get these arrays instead.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicregion.audio.rounding import round_to
from musicregion.storage.files import writing

STEP = 2.0**-40  # of all constants, see rounding


@dataclass(frozen=True)
class FrontEnd:
    """What turns a segment into mel spectra and deltas; float64."""

    sample_rate: int  # of segments, Hz
    window: np.ndarray  # Hann, [sample of a frame]
    filters: np.ndarray  # mel filter bank, [band, frequency]
    deltas: np.ndarray  # [order, frame, frame]: times values over time, their derivative

    def save(self, path: Path) -> None:
        """Write the arrays; equal arrays are equal files."""
        with writing(path) as part, part.open("wb") as file:
            np.savez(file, **vars(self))


def load_front_end(path: Path) -> FrontEnd:
    """Read what FrontEnd.save has written."""
    with np.load(path) as arrays:
        constants = dict(arrays)
    return FrontEnd(int(constants.pop("sample_rate")), **constants)


def no_front_end(sample_rate: int, samples: int, settings: object) -> FrontEnd:
    """Empty arrays, for features that need no constants."""
    return FrontEnd(sample_rate, np.empty(0), np.empty((0, 0)), np.empty((0, 0, 0)))


def make_front_end(
    sample_rate: int,
    n_fft: int,
    mel_bands: int,
    frames: int = 0,
    deltas: int = 0,
    fmin: float = 0.0,
    fmax: float = math.inf,
) -> FrontEnd:
    """The constants for frames of `n_fft` samples at `sample_rate` Hz.

    frames: of a segment. deltas: the highest order of derivatives. fmin, fmax: in Hz, of the mel
    bands; beyond half the sample rate there is nothing.
    """
    import librosa

    # a delta is linear in the values: what it makes of the unit vectors is its matrix
    orders = [librosa.feature.delta(np.eye(frames), order=n + 1).T for n in range(deltas)]
    fmax = min(fmax, sample_rate / 2)
    mel = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=mel_bands, fmin=fmin, fmax=fmax)
    return FrontEnd(
        sample_rate,
        round_to(librosa.filters.get_window("hann", n_fft), STEP),
        round_to(mel, STEP),
        round_to(np.reshape(orders, (deltas, frames, frames)), STEP),
    )
