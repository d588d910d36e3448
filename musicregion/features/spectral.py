"""Mel spectrograms and MFCC, equal to librosa's, and equal bytes on every processor.

All is float64 up to a rounding that is far coarser than what processors differ in.
"""

from typing import TYPE_CHECKING

import numpy as np
import scipy.fft

from musicregion.audio.rounding import round_to
from musicregion.features.front_end import FrontEnd, make_front_end

if TYPE_CHECKING:
    from musicregion.config.feature_sections import Logmel, Mfcc

FLOOR, RANGE = 1e-10, 80.0  # power, and dB below a segment's own maximum: librosa's defaults
STEP = 2.0**-10  # of features: dB


def mel_power(window: np.ndarray, front_end: FrontEnd, hop_length: int) -> np.ndarray:
    """Mel power spectrogram of a segment [sample], float64 [time, band], equal to librosa's.

    hop_length: samples. The frames are centred, and the segment is padded with zeros.
    """
    n_fft = len(front_end.window)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(window, n_fft // 2), n_fft)
    spectrum = scipy.fft.rfft(frames[::hop_length] * front_end.window)  # [time, frequency]
    power = spectrum.real**2 + spectrum.imag**2
    # a band is a hundredth of all frequencies on average: three times as fast as power @ filters.T
    mel = np.zeros((len(power), len(front_end.filters)))
    for band, weights in enumerate(front_end.filters):
        (frequencies,) = weights.nonzero()
        if len(frequencies):  # else the bands are narrower than frequencies are apart
            span = slice(frequencies[0], frequencies[-1] + 1)
            mel[:, band] = power[:, span] @ weights[span]
    return mel


def power_to_db(power: np.ndarray) -> np.ndarray:
    """Power in dB, at least 80 dB below the maximum.

    The maximum is that of this segment, so that its features do not depend on its neighbours.
    """
    level = 10 * np.log10(np.maximum(power, FLOOR))
    limited: np.ndarray = np.maximum(level, level.max() - RANGE)
    return limited


def mfcc_front_end(sample_rate: int, samples: int, settings: "Mfcc") -> FrontEnd:
    """The constants for segments of `samples` at `sample_rate` Hz."""
    frames = 1 + (samples - settings.n_fft % 2) // settings.hop_length
    return make_front_end(
        sample_rate,
        settings.n_fft,
        settings.mel_bands,
        frames,
        settings.deltas,
        settings.fmin,
        settings.fmax,
    )


def mfcc(window: np.ndarray, front_end: FrontEnd, settings: "Mfcc") -> np.ndarray:
    """MFCC of one segment [sample], float32 [time, coefficient], equal to librosa.feature.mfcc.

    Deltas are those of librosa.feature.delta.
    """
    level = power_to_db(mel_power(window, front_end, settings.hop_length))
    coefficients = scipy.fft.dct(level, type=2, norm="ortho")[:, : settings.coefficients]
    deltas = [matrix @ coefficients for matrix in front_end.deltas]
    result: np.ndarray = round_to(np.hstack([coefficients, *deltas]), STEP).astype("float32")
    return result


def logmel_front_end(sample_rate: int, samples: int, settings: "Logmel") -> FrontEnd:
    """The constants for segments at `sample_rate` Hz, of any number of samples."""
    return make_front_end(sample_rate, settings.n_fft, settings.mel_bands)


def logmel(window: np.ndarray, front_end: FrontEnd, settings: "Logmel") -> np.ndarray:
    """Mel spectrogram of one segment [sample] in dB, float32 [time, band]."""
    level = power_to_db(mel_power(window, front_end, settings.hop_length))
    result: np.ndarray = round_to(level, STEP).astype("float32")
    return result
