"""Finds songs that hold the same recording, by acoustic fingerprints.

Landmarks are pairs of spectral peaks. They survive another codec, bitrate or volume, and a trimmed
or looped copy has them too (A. Wang, An Industrial-Strength Audio Search Algorithm, ISMIR 2003).
"""

from pathlib import Path

import numpy as np
import pandas as pd
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
MOST_FREQUENT = 64  # occurrences; a landmark that is in more places identifies nothing
LEAST_COMMON = 10  # landmarks; fewer may be chance, in a song that has few
REPEATS = 4  # occurrences of one landmark in one song that count
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


def match_landmarks(prints: list[np.ndarray]) -> pd.DataFrame:
    """Pairs of songs that share landmarks: a, b (indices into `prints`), share, offset.

    prints: the landmarks of each song. offset: in frames, the one at which most landmarks agree.
    share: of the landmarks of the song with fewer, those that agree, from 0 to 1.
    """
    sizes = np.array([len(song) for song in prints])
    song = np.repeat(np.arange(len(prints)), sizes)
    code, frame = np.concatenate(prints).T.astype("int64")
    order = np.lexsort((frame, song, code))
    code, song, frame = code[order], song[order], frame[order]
    # a loop repeats its landmarks: the first few are enough
    row = np.arange(len(code))
    run_start = np.maximum.accumulate(np.where(_starts_run(code, song), row, 0))
    early = row - run_start < REPEATS
    code, song, frame = code[early], song[early], frame[early]
    counts = np.unique(code, return_counts=True)[1]
    rare = np.repeat(counts <= MOST_FREQUENT, counts)
    code, song, frame = code[rare], song[rare], frame[rare]
    matches = [np.empty(0, "int64")]
    for lag in range(1, MOST_FREQUENT):
        same = np.flatnonzero((code[lag:] == code[:-lag]) & (song[lag:] != song[:-lag]))
        offset = frame[same + lag] - frame[same] + MAX_FRAMES
        matches.append((song[same] * len(prints) + song[same + lag]) * 2 * MAX_FRAMES + offset)
    keys, votes = np.unique(np.concatenate(matches), return_counts=True)
    # a copy that is cut between two frames spreads its votes over neighbouring offsets
    total = votes.copy()
    for shift in (-1, 1):
        neighbour = np.searchsorted(keys, keys + shift)
        neighbour[neighbour == len(keys)] = 0
        total += votes[neighbour] * (keys[neighbour] == keys + shift)
    pair, offset = keys // (2 * MAX_FRAMES), keys % (2 * MAX_FRAMES) - MAX_FRAMES
    best = pd.DataFrame({"pair": pair, "offset": offset, "votes": total})
    best = (
        best[best["votes"] >= LEAST_COMMON]
        .sort_values("votes", ascending=False, kind="stable")
        .drop_duplicates("pair")
    )
    a, b = best["pair"] // len(prints), best["pair"] % len(prints)
    fewer = np.minimum(sizes[a], sizes[b])
    return pd.DataFrame({"a": a, "b": b, "share": best["votes"] / fewer, "offset": best["offset"]})


def match_identical(keys: list[str]) -> pd.DataFrame:
    """Pairs of songs with equal keys, each song with the first of its key: as match_landmarks."""
    index = pd.Series(range(len(keys)))
    first = index.groupby(keys).transform("min")
    pairs = pd.DataFrame({"a": first, "b": index, "share": 1.0, "offset": 0})
    return pairs[pairs["a"] < pairs["b"]]


def _starts_run(code: np.ndarray, song: np.ndarray) -> np.ndarray:
    """Whether each landmark is the first of its run of equal code and song, bool [landmark]."""
    starts: np.ndarray = np.r_[True, (code[1:] != code[:-1]) | (song[1:] != song[:-1])]
    return starts
