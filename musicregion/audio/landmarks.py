"""Landmarks: what acoustic fingerprints consist of.

They are pairs of spectral peaks. They survive another codec, bitrate or volume, and a trimmed
or looped copy has them too (A. Wang, An Industrial-Strength Audio Search Algorithm, ISMIR 2003).
"""

from pathlib import Path

import numpy as np
import scipy.fft
import scipy.ndimage
import soundfile

from musicregion.audio.rounding import round_to

N_FFT, HOP_LENGTH = 2048, 512  # samples
STEP = 2.0**-32  # of a frame's window, see rounding
BINS = 480  # the lowest frequencies, below 5.2 kHz at 22,050 Hz
NEIGHBOURHOOD = (25, 31)  # frames, bins around a peak, which is the loudest point of them
RANGE = 60  # dB below the loudest peak of a block
FAN, REACH, SPREAD = 4, 64, 128  # a peak's partners: how many, frames ahead, bins up or down
BLOCK = 1 << 20  # samples that are analysed at a time
HASHES = BINS << 15  # their number: bin, rise and gap, 7 and 6 bits of the last two
MAX_FRAMES = 1 << 24  # more than a song has


def spectral_peaks(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames and bins, both [peak], of the spectral peaks of one block [sample], by time."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP_LENGTH]
    hann = round_to(np.hanning(N_FFT + 1)[:-1], STEP)
    spectrum = scipy.fft.rfft(frames * hann)[:, :BINS]  # [time, frequency]
    # not abs, which differs between processors; what is compared is far coarser than float64
    power = (spectrum.real**2 + spectrum.imag**2).astype("float32")
    loudest = scipy.ndimage.maximum_filter(power, NEIGHBOURHOOD, mode="constant")
    frame, bin_ = np.nonzero((power == loudest) & (power > power.max() * 10 ** (-RANGE / 10)))
    return frame, bin_


def extract_landmarks(path: Path) -> np.ndarray:
    """Landmarks of an audio file, int32 [landmark, (hash, frame)].

    The hash stands for two bins and the number of frames between them.
    """
    times, bins, start = [], [], 0
    with soundfile.SoundFile(path) as file:
        for block in file.blocks(BLOCK, overlap=N_FFT - HOP_LENGTH, dtype="float64"):
            if len(block) >= N_FFT and block.any():
                frame, bin_ = spectral_peaks(block)
                times.append(frame + start)
                bins.append(bin_)
            start += (BLOCK - N_FFT) // HOP_LENGTH + 1
    if not times:
        return np.empty((0, 2), "int32")
    time, bin_ = np.concatenate(times), np.concatenate(bins)
    landmarks = []
    partners = np.zeros(len(time), int)
    for ahead in range(1, 8 * FAN):
        gap = time[ahead:] - time[:-ahead]
        rise = bin_[ahead:] - bin_[:-ahead]
        fits = (gap > 0) & (gap < REACH) & (abs(rise) < SPREAD) & (partners[:-ahead] < FAN)
        first = np.flatnonzero(fits)
        partners[first] += 1
        code = (bin_[first] << 15) | ((rise[first] + SPREAD) << 6) | gap[first]
        landmarks.append(np.stack([code, time[first]], axis=1))
    return np.concatenate(landmarks).astype("int32")
