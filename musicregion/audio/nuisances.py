"""Measures what a song's file is, apart from its music: format, level, stereo width, bandwidth.

Where these differ between regions, a model may learn them in place of the music (B. L. Sturm, A
simple method to determine if a music information retrieval system is a "horse", IEEE Transactions
on Multimedia, 2014). All values are rounded, so that they are equal on every processor.
"""

from pathlib import Path
from typing import Any

import numpy as np

from musicregion.audio.decode import LOUDEST
from musicregion.audio.metadata import read_codec

N_FFT = 4096  # samples
EVERY = 4  # frames, of which one is analysed
RANGE = 80  # dB below the loudest frequency; above the cut-off there is less
BLOCK = 1 << 16  # samples that are measured at a time
CUT_OFF_STEP = 100  # Hz
SILENCE = 1e-12  # power; keeps logarithms finite


def decibels(power: float) -> float:
    """Power in dB, to a tenth."""
    return round(float(10 * np.log10(max(power, SILENCE))), 1) + 0.0  # no -0.0


def energy(samples: np.ndarray) -> float:
    """Sum of the squares of samples, [sample]."""
    samples = samples.astype("float64")
    return float(samples @ samples)


class NuisanceMeter:
    """Collects a song's blocks as they are decoded; they are not kept."""

    def __init__(self) -> None:
        self._waiting: list[np.ndarray] = []
        self._samples = self._measured = 0  # those that wait are not measured yet
        self._seconds = self._energy = self._peak = self._side = self._middle = 0.0
        self._channels = self._rate = 0
        self._spectrum = np.zeros(N_FFT // 2 + 1)

    def add(self, block: np.ndarray, rate: int) -> None:
        """Measure a block, float32 [sample, channel] at `rate` Hz."""
        if self._waiting and (rate != self._rate or block.shape[1] != self._channels):
            self._measure()  # a stream may change its format
        self._rate, self._channels = rate, block.shape[1]
        self._waiting.append(block)
        self._samples += len(block)
        if self._samples >= BLOCK:
            self._measure()

    def _measure(self) -> None:
        block = np.concatenate(self._waiting)
        self._waiting, self._samples = [], 0
        peak = np.maximum(block.max(initial=0), -block.min(initial=0))
        if not peak <= LOUDEST:  # true of NaN as well; as in decode
            block = np.clip(np.nan_to_num(block, nan=0, posinf=1, neginf=-1), -LOUDEST, LOUDEST)
            peak = np.abs(block).max()
        self._peak = max(self._peak, float(peak))
        self._measured += block.size
        self._seconds += len(block) / self._rate
        left, right = block[:, 0], block[:, min(1, self._channels - 1)]
        middle, side = energy(left + right), energy(left - right)
        self._middle += middle
        self._side += side
        if self._channels > 2:
            self._energy += energy(block.ravel())
        else:  # (l + r)² + (l - r)² = 2 (l² + r²), and l = r in one channel
            self._energy += (middle + side) / 4 * self._channels
        frames = (left + right)[: len(block) // N_FFT * N_FFT].reshape(-1, N_FFT)[::EVERY]
        spectrum = np.fft.rfft(frames.astype("float64") * np.hanning(N_FFT))
        self._spectrum += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)

    def nuisances(self, path: Path) -> dict[str, Any]:
        """The song's row of nuisances.csv, without song and region; path: of its file."""
        if self._waiting:
            self._measure()
        level = decibels(self._energy / max(self._measured, 1))
        peak = decibels(self._peak**2)
        present = np.flatnonzero(self._spectrum > self._spectrum.max() * 10 ** (-RANGE / 10))
        cut_off = present.max(initial=0) * self._rate / N_FFT
        return {
            "codec": read_codec(path),
            "sample_rate": self._rate,
            "channels": self._channels,
            "level_db": level,
            "peak_db": peak,
            "crest_db": round(peak - level, 1),
            "width": round(self._side / max(self._side + self._middle, SILENCE), 3),
            "cut_off": float(round(cut_off / CUT_OFF_STEP) * CUT_OFF_STEP),
            "duration_s": round(self._seconds, 1),
        }
