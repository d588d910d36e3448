"""Votes of matching landmarks for the offset between two songs."""

import numpy as np
import pandas as pd

from musicregion.audio.landmarks import MAX_FRAMES

LEAST_COMMON = 10  # landmarks; fewer may be chance, in a song that has few


def vote_keys(pair: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """A number for each match, int64 [match]: neighbouring ones for neighbouring offsets.

    pair: int64 [match]. offset: in frames, [match], between -MAX_FRAMES and MAX_FRAMES.
    """
    return pair * (2 * MAX_FRAMES) + offset + MAX_FRAMES


def best_offsets(keys: np.ndarray) -> pd.DataFrame:
    """Each pair's offset with most votes, the smallest of several: pair, offset, votes.

    A pair with fewer than LEAST_COMMON votes has no row. keys: see vote_keys; sorted in place.
    """
    keys.sort()
    # most matches are chance: a pair needs LEAST_COMMON in a row at three neighbouring offsets
    in_a_row = keys[LEAST_COMMON - 1 :] - keys[: 1 - LEAST_COMMON] <= 2
    is_near = np.zeros(len(keys), bool)
    for place in range(LEAST_COMMON):
        is_near[place : place + len(in_a_row)] |= in_a_row
    keys, votes = np.unique(keys[is_near], return_counts=True)
    # a copy that is cut between two frames spreads its votes over neighbouring offsets
    adjacent = np.diff(keys) == 1
    total = votes.copy()
    total[1:] += votes[:-1] * adjacent
    total[:-1] += votes[1:] * adjacent
    enough = total >= LEAST_COMMON
    pair, offset = np.divmod(keys[enough], 2 * MAX_FRAMES)
    table = pd.DataFrame({"pair": pair, "offset": offset - MAX_FRAMES, "votes": total[enough]})
    return table.sort_values("votes", ascending=False, kind="stable").drop_duplicates("pair")
