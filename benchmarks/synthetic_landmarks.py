"""Landmarks of songs that do not exist, as many and as frequent as those of real ones.

Hashes of two bins and a gap are drawn at random: bins with log-normal weights, since instruments
are tuned and most music is in a few octaves. So drawn, 254 songs have about as many pairs of equal
hashes as the 254 songs of games, 7 million. Every COPY-th song has half the landmarks of the one
before it.
"""

from pathlib import Path

import numpy as np

from musicregion.audio.landmarks import BINS, SPREAD

LANDMARKS = 18_250  # a song of games, on average (benchmarks/results/scale.json)
LANDMARKS_A_FRAME = 2
POOL = 1 << 23  # hashes that songs draw from
TICKETS = 1 << 16  # shared out to bins by weight
LONGEST_GAP, MEAN_GAP = 63, 13  # frames
DISTINCT = 0.8  # hashes that a song draws, for one landmark; it repeats some, and others not at all
COPY = 20
SHIFT = 10  # frames by which a copy begins later


def draw_pool(size: int, random: np.random.Generator) -> np.ndarray:
    """Hashes as often as songs have them, int32 [hash]."""
    weights = np.exp(random.normal(size=BINS))
    bins = np.repeat(np.arange(BINS), random.multinomial(TICKETS, weights / weights.sum()))
    drawn = (2, 3 * size)  # more than half of the rises are too large
    first, second = bins[random.integers(TICKETS, size=drawn)]
    fits = np.flatnonzero(abs(second - first) < SPREAD)[:size]
    gap = np.minimum(random.geometric(1 / MEAN_GAP, len(fits)), LONGEST_GAP)
    return (first[fits] << 15 | (second - first + SPREAD)[fits] << 6 | gap).astype("int32")


def draw_song(pool: np.ndarray, landmarks: int, random: np.random.Generator) -> np.ndarray:
    """A song of so many landmarks, int32 [landmark, (hash, frame)]."""
    own = pool[random.integers(len(pool), size=max(1, round(DISTINCT * landmarks)))]
    frames = random.integers(max(1, landmarks // LANDMARKS_A_FRAME), size=landmarks)
    hashes = own[random.integers(len(own), size=landmarks)]
    return np.stack([hashes, np.sort(frames)], axis=1).astype("int32")


def copy_song(song: np.ndarray, pool: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A song that begins SHIFT frames later and has half of a song's landmarks, and new ones."""
    kept = song[(random.random(len(song)) < 0.5) & (song[:, 1] >= SHIFT)] - [0, SHIFT]
    new = draw_song(pool, len(song) - len(kept), random)
    return np.concatenate([kept, new]).astype("int32")


def write_songs(
    path: Path, songs: int, landmarks: int = LANDMARKS, pool_size: int = POOL
) -> np.ndarray:
    """Write the landmarks of so many songs as one .npy file; returns each song's number, [song].

    landmarks: of a song, on average. pool_size: hashes that songs draw from.
    """
    random = np.random.default_rng(1)
    pool = draw_pool(pool_size, random)
    sizes = random.integers(landmarks // 2, landmarks + landmarks // 2, size=songs)
    sizes[COPY - 1 :: COPY] = sizes[COPY - 2 :: COPY][: len(sizes[COPY - 1 :: COPY])]
    rows = np.lib.format.open_memmap(path, "w+", "int32", (int(sizes.sum()), 2))
    start, song = 0, np.empty((0, 2), "int32")
    for number, size in enumerate(sizes):
        is_copy = number % COPY == COPY - 1
        song = copy_song(song, pool, random) if is_copy else draw_song(pool, size, random)
        rows[start : start + size] = song
        start += size
    rows.flush()
    return sizes


def true_pairs(songs: int) -> list[tuple[int, int]]:
    """The numbers of a song and of its copy, for each copy."""
    return [(copy - 1, copy) for copy in range(COPY - 1, songs, COPY)]
