"""Mel spectrograms: the picture of sound that all features start from."""

from functools import cache

import numpy as np
import scipy.fft

FLOOR, RANGE = 1e-10, 80.0  # power, and dB below a segment's own maximum: librosa's defaults


@cache
def filters(sample_rate: int, n_fft: int, mel_bands: int) -> np.ndarray:
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
    return (np.maximum(0, triangles) / areas).astype("float32")


def power(
    window: np.ndarray, sample_rate: int, n_fft: int, hop_length: int, mel_bands: int
) -> np.ndarray:
    """Mel power spectrogram of a segment [sample], float32 [time, band], as librosa's.

    n_fft, hop_length: samples. The frames are centred; zeros stand before and after the segment.
    """
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(window, n_fft // 2), n_fft)
    hann = np.hanning(n_fft + 1)[:-1].astype("float32")
    spectrum = scipy.fft.rfft(frames[::hop_length] * hann)  # [time, frequency]
    energy = spectrum.real**2 + spectrum.imag**2
    return energy @ filters(sample_rate, n_fft, mel_bands).T


def decibels(energy: np.ndarray) -> np.ndarray:
    """Power as dB, 80 dB deep at most.

    The range counts from the loudest point of this segment, so that no segment's features depend
    on its neighbours.
    """
    level = 10 * np.log10(np.maximum(energy, FLOOR))
    return np.maximum(level, level.max() - RANGE)
