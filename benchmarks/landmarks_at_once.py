"""Compares all landmarks of all songs at once, in memory: what match_landmarks must be equal to."""

import numpy as np
import pandas as pd

from musicregion.audio.landmark_index import MOST_FREQUENT, REPEATS
from musicregion.audio.landmark_votes import LEAST_COMMON
from musicregion.audio.landmarks import MAX_FRAMES


def match_at_once(prints: list[np.ndarray]) -> pd.DataFrame:
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


def _starts_run(code: np.ndarray, song: np.ndarray) -> np.ndarray:
    """Whether each landmark is the first of its run of equal code and song, bool [landmark]."""
    starts: np.ndarray = np.r_[True, (code[1:] != code[:-1]) | (song[1:] != song[:-1])]
    return starts
