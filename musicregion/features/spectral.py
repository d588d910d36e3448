"""Mel spectrograms and MFCC, equal to librosa's without its seconds of import."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft

if TYPE_CHECKING:
    from musicregion.config.feature_sections import Logmel, Mfcc

FLOOR, RANGE = 1e-10, 80.0  # power, and dB below a segment's own maximum: librosa's defaults
DELTA_WIDTH = 9  # frames that a delta is fitted to, librosa's default


@cache
def mel_filters(sample_rate: int, n_fft: int, mel_bands: int) -> np.ndarray:
    """Slaney's mel filter bank, float32 [band, frequency], equal to librosa.filters.mel.

    Linear below 1 kHz, logarithmic above, each triangle of the same area (M. Slaney, Auditory
    Toolbox, 1998). librosa's own takes its import, 2 s and 150 MB, into every worker.
    """
    top = sample_rate / 2
    linear, ratio = 200 / 3, np.log(6.4) / 27  # Hz a mel below 1 kHz; log step a mel above
    highest = top / linear if top < 1000 else 15 + np.log(top / 1000) / ratio
    mels = np.linspace(0, highest, mel_bands + 2)
    edges = np.where(mels < 15, mels * linear, 1000 * np.exp(ratio * (mels - 15)))  # Hz
    slopes = edges[:, None] - np.fft.rfftfreq(n_fft, 1 / sample_rate)  # [edge, frequency]
    widths = np.diff(edges)[:, None]
    triangles = np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:])
    areas = (edges[2:] - edges[:-2])[:, None] / 2
    filters: np.ndarray = (np.maximum(0, triangles) / areas).astype("float32")
    return filters


def mel_power(
    window: np.ndarray, sample_rate: int, n_fft: int, hop_length: int, mel_bands: int
) -> np.ndarray:
    """Mel power spectrogram of a segment [sample], float32 [time, band], equal to librosa's.

    n_fft, hop_length: samples. The frames are centred, and the segment is padded with zeros.
    """
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(window, n_fft // 2), n_fft)
    hann = np.hanning(n_fft + 1)[:-1].astype("float32")
    spectrum = scipy.fft.rfft(frames[::hop_length] * hann)  # [time, frequency]
    power = spectrum.real**2 + spectrum.imag**2
    mel: np.ndarray = power @ mel_filters(sample_rate, n_fft, mel_bands).T
    return mel


def power_to_db(power: np.ndarray) -> np.ndarray:
    """Power in dB, at least 80 dB below the maximum.

    The maximum is that of this segment, so that its features do not depend on its neighbours.
    """
    level = 10 * np.log10(np.maximum(power, FLOOR))
    limited: np.ndarray = np.maximum(level, level.max() - RANGE)
    return limited


def mfcc(window: np.ndarray, sample_rate: int, settings: "Mfcc") -> np.ndarray:
    """MFCC of one segment [sample], float32 [time, coefficient], equal to librosa.feature.mfcc.

    Deltas are those of librosa.feature.delta.
    """
    level = power_to_db(
        mel_power(window, sample_rate, settings.n_fft, settings.hop_length, settings.mel_bands)
    )
    coefficients = scipy.fft.dct(level, type=2, norm="ortho")[:, : settings.coefficients]
    if settings.deltas:
        from scipy.signal import savgol_filter

        deltas = [
            savgol_filter(coefficients, DELTA_WIDTH, polyorder=order, deriv=order, axis=0)
            for order in range(1, settings.deltas + 1)
        ]
        coefficients = np.hstack([coefficients, *deltas])
    result: np.ndarray = coefficients.astype("float32")
    return result


def logmel(window: np.ndarray, sample_rate: int, settings: "Logmel") -> np.ndarray:
    """Mel spectrogram of one segment [sample] in dB, float32 [time, band]."""
    power = mel_power(window, sample_rate, settings.n_fft, settings.hop_length, settings.mel_bands)
    return power_to_db(power).astype("float32")
