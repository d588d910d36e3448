"""Is one run better than another, or is it noise?

Both must have predicted the same songs: the test part of the same split, or all songs where
evaluate.folds was set. The bootstrap draws songs, so that copies of a recording and repeats of a
song count once.
"""

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from musicregion.dataset.groups import merge_groupings
from musicregion.errors import ComparisonError

DRAWS = 10_000
LEVEL = 0.95


@dataclass(frozen=True)
class Comparison:
    songs: int
    accuracy: tuple[float, float]  # of A and of B
    difference: float  # B less A
    low: float  # of the 95 % interval of the difference
    high: float
    only: tuple[int, int]  # songs that A alone, and B alone, names rightly
    p: float  # McNemar's exact test

    @property
    def noise(self) -> bool:
        """Whether these songs do not tell the two apart."""
        return self.low <= 0 <= self.high or self.p > 1 - LEVEL


def song_correctness(predictions: pd.DataFrame, part: str) -> pd.DataFrame:
    """Of each song its group, the share of repeats that were right, and whether most were."""
    table = predictions[predictions["part"] == part]
    right = (table["region"] == table["predicted"]).groupby(table["song"]).mean()
    group = table.groupby("song")["group"].first()
    return pd.DataFrame({"group": group, "share": right, "right": right > 0.5})


def compare_predictions(
    a: pd.DataFrame, b: pd.DataFrame, seed: int = 0, part: str = "test"
) -> Comparison:
    """Paired bootstrap of the difference in accuracy, and McNemar's exact test.

    a, b: predictions.csv of two runs. Paired bootstrap: Efron and Tibshirani 1993, chapter 16;
    McNemar 1947, with the exact binomial of the songs on which the two disagree.

    Raises:
        ComparisonError: the two did not answer the same songs, or saw another truth.
    """
    one, other = song_correctness(a, part), song_correctness(b, part)
    if set(one.index) != set(other.index):
        shared = len(set(one.index) & set(other.index))
        raise ComparisonError(
            f"compare: the runs answered different songs ({len(one)} and {len(other)}, "
            f"{shared} in both). Use the same corpus, split and evaluate.folds for both."
        )
    truth = [table.groupby("song")["region"].first() for table in (a, b)]
    if not truth[0][one.index].equals(truth[1][one.index]):
        raise ComparisonError("compare: the runs do not agree on the songs' true regions.")
    other = other.loc[one.index]
    difference = other["share"] - one["share"]
    by_group = (
        difference.groupby(merge_groupings(one["group"], other["group"]))
        .agg(["sum", "size"])
        .to_numpy()
    )
    drawn = np.random.default_rng(seed).integers(0, len(by_group), (DRAWS, len(by_group)))
    sums = by_group[drawn].sum(axis=1)
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    only_a = int((one["right"] & ~other["right"]).sum())
    only_b = int((other["right"] & ~one["right"]).sum())
    p = binomtest(only_b, only_a + only_b).pvalue if only_a + only_b else 1.0
    accuracy = float(one["share"].mean()), float(other["share"].mean())
    return Comparison(
        len(one),
        accuracy,
        float(difference.mean()),
        float(low),
        float(high),
        (only_a, only_b),
        float(p),
    )


def describe_comparison(found: Comparison, a: str, b: str) -> str:
    """The comparison in sentences."""
    if found.noise:
        verdict = "That is not more than noise: these songs do not tell the two apart."
    else:
        better, worse = (b, a) if found.difference > 0 else (a, b)
        verdict = f"That is more than noise: {better} is better than {worse}."
    return (
        f"{a}: {found.accuracy[0]:.3f} of {found.songs} songs named rightly\n"
        f"{b}: {found.accuracy[1]:.3f}\n"
        f"difference: {found.difference:+.3f} (95 % interval {found.low:+.3f} to "
        f"{found.high:+.3f}, paired bootstrap over songs)\n"
        f"right in one alone: {found.only[0]} songs in {a}, {found.only[1]} in {b} "
        f"(McNemar's exact test: p = {found.p:.3g})\n{verdict}"
    )


def read_predictions(source: str | io.StringIO) -> pd.DataFrame:
    """predictions.csv; a region may be called NA, and is no missing value."""
    texts = dict.fromkeys(("song", "group", "part", "region", "predicted"), "string")
    return pd.read_csv(source, dtype=texts, keep_default_na=False)
