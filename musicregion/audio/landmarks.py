"""Acoustic fingerprints: which songs hold the same recording.

Landmarks: pairs of spectral peaks, which survive another codec, bitrate or volume, and are in a
trimmed or looped copy too (A. Wang, An Industrial-Strength Audio Search Algorithm, ISMIR 2003).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.fft
import scipy.ndimage
import soundfile

N_FFT, HOP_LENGTH = 2048, 512  # samples
BINS = 480  # lowest frequencies that are looked at; below 5.2 kHz at 22,050 Hz
NEAR = (25, 31)  # frames, bins: a peak is the loudest of so many around it
RANGE = 60  # dB below the loudest peak of a block
FAN, REACH, SPREAD = 4, 64, 128  # a peak's partners: how many, frames ahead, bins up or down
BLOCK = 1 << 20  # samples that are analysed at a time
COMMON = 64  # a landmark that is in more places tells nothing
LEAST = 10  # landmarks in common; fewer may be chance, in a song that has few
REPEATS = 4  # of one landmark in one song are looked at
FAR = 1 << 24  # frames; more than a song has


def spectral_peaks(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames and bins of the spectral peaks of one block [sample], in time's order."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP_LENGTH]
    hann = np.hanning(N_FFT + 1)[:-1].astype("float32")
    level = np.abs(scipy.fft.rfft(frames * hann)[:, :BINS])  # [time, frequency]
    loudest = scipy.ndimage.maximum_filter(level, NEAR, mode="constant")
    return np.nonzero((level == loudest) & (level > level.max() * 10 ** (-RANGE / 20)))


def extract_landmarks(path: Path) -> np.ndarray:
    """int32 [landmark, (hash, frame)] of an audio file: two bins and the frames between them."""
    times, bins, start = [], [], 0
    with soundfile.SoundFile(path) as file:
        for block in file.blocks(BLOCK, overlap=N_FFT - HOP_LENGTH, dtype="float32"):
            if len(block) >= N_FFT and block.any():
                frame, bin_ = spectral_peaks(block)
                times.append(frame + start)
                bins.append(bin_)
            start += (BLOCK - N_FFT) // HOP_LENGTH + 1
    if not times:
        return np.empty((0, 2), "int32")
    time, bin_ = np.concatenate(times), np.concatenate(bins)
    found = []
    taken = np.zeros(len(time), int)
    for ahead in range(1, 8 * FAN):
        gap = time[ahead:] - time[:-ahead]
        rise = bin_[ahead:] - bin_[:-ahead]
        fits = (gap > 0) & (gap < REACH) & (abs(rise) < SPREAD) & (taken[:-ahead] < FAN)
        first = np.flatnonzero(fits)
        taken[first] += 1
        code = (bin_[first] << 15) | ((rise[first] + SPREAD) << 6) | gap[first]
        found.append(np.stack([code, time[first]], axis=1))
    return np.concatenate(found).astype("int32")


def match_landmarks(prints: list[np.ndarray]) -> pd.DataFrame:
    """Pairs of songs that share landmarks: a, b (places in `prints`), share, offset.

    share: of the landmarks of the song that has fewer, how many are in the other one at the best
    common offset (frames), from 0 to 1.
    """
    sizes = np.array([len(song) for song in prints])
    song = np.repeat(np.arange(len(prints)), sizes)
    code, frame = np.concatenate(prints).T.astype("int64")
    order = np.lexsort((frame, song, code))
    code, song, frame = code[order], song[order], frame[order]
    # a loop repeats its landmarks: the first few will do
    place = np.arange(len(code))
    own = np.maximum.accumulate(np.where(_starts(code, song), place, 0))
    few = place - own < REPEATS
    code, song, frame = code[few], song[few], frame[few]
    counts = np.unique(code, return_counts=True)[1]
    rare = np.repeat(counts <= COMMON, counts)
    code, song, frame = code[rare], song[rare], frame[rare]
    keys = [np.empty(0, "int64")]
    for lag in range(1, COMMON):
        same = np.flatnonzero((code[lag:] == code[:-lag]) & (song[lag:] != song[:-lag]))
        offset = frame[same + lag] - frame[same] + FAR
        keys.append((song[same] * len(prints) + song[same + lag]) * 2 * FAR + offset)
    keys, votes = np.unique(np.concatenate(keys), return_counts=True)
    # a copy cut between two frames spreads its votes over neighbouring offsets
    total = votes.copy()
    for shift in (-1, 1):
        at = np.searchsorted(keys, keys + shift)
        at[at == len(keys)] = 0
        total += votes[at] * (keys[at] == keys + shift)
    pair, offset = keys // (2 * FAR), keys % (2 * FAR) - FAR
    best = pd.DataFrame({"pair": pair, "offset": offset, "votes": total})
    best = (
        best[best["votes"] >= LEAST].sort_values("votes", ascending=False).drop_duplicates("pair")
    )
    a, b = best["pair"] // len(prints), best["pair"] % len(prints)
    least = np.minimum(sizes[a], sizes[b])
    return pd.DataFrame({"a": a, "b": b, "share": best["votes"] / least, "offset": best["offset"]})


def match_identical(keys: list[str]) -> pd.DataFrame:
    """Songs of equal samples, each with the first of its kind: a, b, share, offset."""
    place = pd.Series(range(len(keys)))
    first = place.groupby(keys).transform("min")
    twins = pd.DataFrame({"a": first, "b": place, "share": 1.0, "offset": 0})
    return twins[twins["a"] < twins["b"]]


def _starts(code: np.ndarray, song: np.ndarray) -> np.ndarray:
    """Where a sorted run of one landmark of one song begins, bool [landmark]."""
    return np.r_[True, (code[1:] != code[:-1]) | (song[1:] != song[:-1])]
