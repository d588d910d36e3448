"""Songs that belong together, directly or by way of others, as groups that are never divided."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def connected_groups(count: int, pairs: pd.DataFrame) -> np.ndarray:
    """The group of each of `count` songs, int [song]: whom pairs (a, b: places) connect."""
    graph = coo_array((np.ones(len(pairs)), (pairs["a"], pairs["b"])), (count, count))
    return connected_components(graph, directed=False)[1]


def merge_groupings(*groupings: pd.Series) -> np.ndarray:
    """The group of each song, int [song]: songs that share one in any grouping are together."""
    places = np.arange(len(groupings[0]))
    first = [pd.Series(places).groupby(groups.to_numpy()).transform("min") for groups in groupings]
    pairs = pd.concat([pd.DataFrame({"a": places, "b": head}) for head in first])
    return connected_groups(len(places), pairs)
