"""An index of songs' landmarks on the disk, sorted by hash, made in bounded memory.

It has one file for each range of hashes. Landmarks that identify nothing are left out: a hash is in
at most MOST_FREQUENT places, so however many songs there are, the index has at most so many
landmarks for each of HASHES.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from musicregion.audio.landmarks import HASHES, MAX_FRAMES

MOST_FREQUENT = 64  # occurrences; a landmark that is in more places identifies nothing
REPEATS = 4  # occurrences of one landmark in one song that count
BLOCK = 1 << 22  # landmarks that are read at a time, all of a song
MOST_SONGS = 1 << 14  # in a block
RANGE_SIZE = 1 << 20  # landmarks in a file of the index, about
STRIDE = 1 << 8  # hashes; a file has a multiple of them

# a landmark's sort key: hash, song within the block, frame; 24 + 14 + 24 bits
FRAME_BITS = (MAX_FRAMES - 1).bit_length()
SONG_BITS = (MOST_SONGS - 1).bit_length()


@dataclass(frozen=True)
class LandmarkIndex:
    """files: of int32 [3, landmark]: rank, song, frame; sorted by hash, song and frame.

    A landmark of rank n has the hash of the n before it.
    matches: int64 [song], the sum of its landmarks' ranks.
    """

    files: list[Path]
    matches: np.ndarray


def divide(amounts: np.ndarray, most: int) -> list[tuple[int, int]]:
    """Blocks of neighbours, (first, last + 1) of each, of about `most` in sum.

    A block goes beyond by less than its last amount.
    """
    block = (np.cumsum(amounts) - amounts) // most
    starts = np.flatnonzero(np.diff(block)) + 1
    edges = [0, *starts.tolist(), len(amounts)]
    return list(pairwise(edges))


def build_index(landmarks: Path, sizes: np.ndarray, folder: Path) -> LandmarkIndex:
    """Write an index into an empty folder.

    landmarks: a .npy file as extract_landmarks makes it, int32 [landmark, (hash, frame)], of one
    song after another. sizes: the number of landmarks of each, [song].
    """
    counts = np.zeros(HASHES, "int32")
    for hashes, _, _ in _read_blocks(landmarks, sizes):
        starts = _starts(hashes)
        counts[hashes[starts]] += np.diff(starts, append=len(hashes)).astype("int32")
    is_rare = counts <= MOST_FREQUENT
    counts[~is_rare] = 0
    ranges = divide(counts.reshape(-1, STRIDE).sum(axis=1), RANGE_SIZE)
    files = [folder / f"{number}.npy" for number in range(len(ranges))]
    for hashes, songs, frames in _read_blocks(landmarks, sizes):
        rare = is_rare[hashes]
        rows = np.stack([hashes[rare], songs[rare], frames[rare]], axis=1).astype("int32")
        edges = np.searchsorted(rows[:, 0], [last * STRIDE for _, last in ranges[:-1]])
        for path, part in zip(files, np.split(rows, edges), strict=True):
            with path.with_suffix(".unsorted").open("ab") as file:
                part.tofile(file)
    matches = np.zeros(len(sizes), "int64")
    for path in files:
        ranks, songs, _ = _sort_range(path)
        matches += np.bincount(songs, ranks, len(sizes)).astype("int64")
    return LandmarkIndex(files, matches)


def _read_blocks(landmarks: Path, sizes: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Hash, song and frame, each [landmark] and sorted by the three, for each block of songs.

    Of a hash that a song repeats, as a loop does, the first REPEATS.
    """
    ends = np.cumsum(sizes)
    for first, last in divide(np.maximum(sizes, BLOCK // MOST_SONGS), BLOCK):
        # opened for each block: pages that were read are not kept in memory
        rows = np.load(landmarks, mmap_mode="r")[ends[first] - sizes[first] : ends[last - 1]]
        song = np.repeat(np.arange(last - first), sizes[first:last])
        key = rows[:, 0].astype("int64") << SONG_BITS
        key = (key | song) << FRAME_BITS | rows[:, 1]
        key.sort()
        without_frame = key >> FRAME_BITS
        is_early = np.ones(len(key), bool)
        is_early[REPEATS:] = without_frame[REPEATS:] != without_frame[:-REPEATS]
        key = key[is_early]
        song = (key >> FRAME_BITS) & ((1 << SONG_BITS) - 1)
        yield key >> (SONG_BITS + FRAME_BITS), song + first, key & ((1 << FRAME_BITS) - 1)


def _sort_range(path: Path) -> np.ndarray:
    """Write the file of a range of hashes, from its blocks, and return it, int32 [3, landmark]."""
    unsorted = path.with_suffix(".unsorted")
    rows = np.fromfile(unsorted, "int32").reshape(-1, 3)
    # blocks follow one another by song: a stable order by hash is one by hash, song and frame
    key = (rows[:, 0].astype("int64") << 32) | np.arange(len(rows))
    key.sort()  # faster than argsort
    columns = np.ascontiguousarray(rows[key & 0xFFFFFFFF].T)
    starts = _starts(columns[0])
    columns[0] = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    np.save(path, columns)
    unsorted.unlink()
    return columns


def _starts(hashes: np.ndarray) -> np.ndarray:
    """The first row of each hash, int64 [hash]; equal ones are neighbours."""
    return np.flatnonzero(np.diff(hashes, prepend=-1))
