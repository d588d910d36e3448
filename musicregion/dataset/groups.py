"""Groups of songs that belong together, directly or through others; no split divides them."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def connected_groups(count: int, pairs: pd.DataFrame) -> np.ndarray:
    """Connected components of the graph of `count` songs: a group number per song, int [song].

    pairs: columns a and b, indices of two songs that belong together.
    """
    graph = coo_array((np.ones(len(pairs)), (pairs["a"], pairs["b"])), (count, count))
    groups: np.ndarray = connected_components(graph, directed=False)[1]
    return groups


def merge_groupings(*groupings: pd.Series) -> np.ndarray:
    """A group number per song, int [song]: songs that share a group in any grouping share one."""
    songs = np.arange(len(groupings[0]))
    first = [pd.Series(songs).groupby(groups.to_numpy()).transform("min") for groups in groupings]
    pairs = pd.concat([pd.DataFrame({"a": songs, "b": head}) for head in first])
    return connected_groups(len(songs), pairs)
