"""Pairs of songs that hold the same recording, by the landmarks that they share.

Songs are compared in blocks, each a task, with all songs before them. All matches of a song are
thus in one place, where they are counted; nothing but the index is on the disk.
"""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from musicregion.audio.landmark_index import LandmarkIndex, build_index, divide
from musicregion.audio.landmark_votes import best_offsets, vote_keys
from musicregion.compute import parallel
from musicregion.errors import TaskDied

MATCHES = 1 << 23  # of a block of songs, about


def match_landmarks(landmarks: Path, sizes: np.ndarray, folder: Path) -> pd.DataFrame:
    """Pairs of songs that share landmarks: a, b (numbers of songs), share, offset; best first.

    landmarks, sizes: see build_index. folder: for the index; it is removed afterwards.
    offset: in frames, the one at which most landmarks agree. share: of the landmarks of the song
    with fewer, those that agree, from 0 to 1.

    Raises:
        TaskDied: the process of a block crashed or hung.
    """
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    try:
        index = build_index(landmarks, sizes, folder)
        blocks = [(index, first, last) for first, last in divide(index.matches, MATCHES)]
        if len(blocks) == 1:  # starting processes would take longer
            tables = [match_block(*blocks[0])]
        else:
            tables = list(parallel.map_songs(match_block, blocks, "compare", unit="block"))
    finally:
        shutil.rmtree(folder)
    for table in tables:
        if isinstance(table, TaskDied):
            raise TaskDied(f"compare: {table}")
    # as if all were compared at once: the most votes first, among equal ones by pair
    pairs = pd.concat(tables).sort_values(["a", "b"])
    pairs = pairs.sort_values("votes", ascending=False, kind="stable", ignore_index=True)
    fewer = np.minimum(sizes[pairs["a"]], sizes[pairs["b"]])
    return pairs.assign(share=pairs["votes"] / fewer)[["a", "b", "share", "offset"]]


def match_block(index: LandmarkIndex, first: int, last: int) -> pd.DataFrame:
    """Pairs of the songs from first to last - 1 with songs before them: a, b, offset, votes."""
    total = len(index.matches)
    keys, found = np.empty(index.matches[first:last].sum(), "int64"), 0
    for path in index.files:
        ranks, songs, frames = np.load(path)
        row = np.flatnonzero((songs >= first) & (songs < last))
        counts = ranks[row]
        # the rows before each row with its hash, one after another: [match]
        other = np.arange(counts.sum()) + np.repeat(row - np.cumsum(counts), counts)
        a, b = songs[other], np.repeat(songs[row], counts)
        offset = np.repeat(frames[row], counts) - frames[other]
        votes = vote_keys((b - first).astype("int64") * total + a, offset)[a != b]
        keys[found : found + len(votes)] = votes
        found += len(votes)
    best = best_offsets(keys[:found])
    b, a = np.divmod(best["pair"], total)
    return pd.DataFrame({"a": a, "b": b + first, "offset": best["offset"], "votes": best["votes"]})


def match_identical(keys: list[str]) -> pd.DataFrame:
    """Pairs of songs with equal keys, each song with the first of its key: as match_landmarks."""
    index = pd.Series(range(len(keys)))
    first = index.groupby(keys).transform("min")
    pairs = pd.DataFrame({"a": first, "b": index, "share": 1.0, "offset": 0})
    return pairs[pairs["a"] < pairs["b"]]
