"""Is one run better than another, or is the difference noise?

Both runs must have predicted the same songs: the test part of the same split, or all songs where
evaluate.folds was set. The bootstrap resamples groups of songs, so copies of a recording and
repeats of a song count once.
"""

import io
from dataclasses import dataclass

import pandas as pd
from scipy.stats import binomtest

from musicregion.dataset.groups import merge_groupings
from musicregion.errors import ComparisonError
from musicregion.evaluation.metrics import LEVEL, bootstrap_interval

RESAMPLES = 10_000  # of the bootstrap


@dataclass(frozen=True)
class Comparison:
    """Runs A and B on the same songs. Accuracies are shares from 0 to 1."""

    songs: int
    accuracy: tuple[float, float]  # of A and of B
    difference: float  # accuracy of B minus that of A
    low: float  # lower end of the difference's 95 % interval
    high: float  # upper end
    only_correct: tuple[int, int]  # songs that A alone, and B alone, classified correctly
    p: float  # of McNemar's exact test

    @property
    def noise(self) -> bool:
        """Whether these songs do not show that one run is better."""
        return self.low <= 0 <= self.high or self.p > 1 - LEVEL


def song_correctness(predictions: pd.DataFrame, part: str) -> pd.DataFrame:
    """Each song's group, the share of repeats that were correct, and whether most of them were.

    Returns a table indexed by song, with the columns group, share and correct.
    """
    rows = predictions[predictions["part"] == part]
    share = (rows["region"] == rows["predicted"]).groupby(rows["song"]).mean()
    group = rows.groupby("song")["group"].first()
    return pd.DataFrame({"group": group, "share": share, "correct": share > 0.5})


def require_same_songs(a: pd.DataFrame, b: pd.DataFrame, part: str) -> None:
    """Stop unless both runs predicted the same songs, with the same true regions.

    a, b: predictions.csv of two runs.

    Raises:
        ComparisonError: they did not.
    """
    regions_a, regions_b = (
        table[table["part"] == part].groupby("song")["region"].first() for table in (a, b)
    )
    songs_a, songs_b = set(regions_a.index), set(regions_b.index)
    if songs_a != songs_b:
        raise ComparisonError(
            f"compare: the runs predicted different songs ({len(songs_a)} and {len(songs_b)}, "
            f"{len(songs_a & songs_b)} in both). Use the same corpus, split and evaluate.folds "
            "for both."
        )
    if not regions_a.equals(regions_b):
        raise ComparisonError(
            "compare: the runs do not agree on the songs' true regions. Use the same corpus for "
            "both."
        )


def compare_predictions(
    a: pd.DataFrame, b: pd.DataFrame, seed: int = 0, part: str = "test"
) -> Comparison:
    """Paired bootstrap of the difference in accuracy, and McNemar's exact test.

    a, b: predictions.csv of two runs. Paired bootstrap: Efron and Tibshirani 1993, chapter 16.
    McNemar 1947, with the exact binomial of the songs that only one run classified correctly.

    Raises:
        ComparisonError: the runs did not predict the same songs, or had other true regions.
    """
    require_same_songs(a, b, part)
    songs_a, songs_b = song_correctness(a, part), song_correctness(b, part)
    difference = songs_b["share"] - songs_a["share"]
    groups = merge_groupings(songs_a["group"], songs_b["group"])
    low, high = bootstrap_interval(difference.to_numpy(float), groups, seed, RESAMPLES)
    only_a = int((songs_a["correct"] & ~songs_b["correct"]).sum())
    only_b = int((songs_b["correct"] & ~songs_a["correct"]).sum())
    p = float(binomtest(only_b, only_a + only_b).pvalue) if only_a + only_b else 1.0
    return Comparison(
        songs=len(songs_a),
        accuracy=(float(songs_a["share"].mean()), float(songs_b["share"].mean())),
        difference=float(difference.mean()),
        low=low,
        high=high,
        only_correct=(only_a, only_b),
        p=p,
    )


def describe_comparison(comparison: Comparison, a: str, b: str) -> str:
    """The comparison in sentences. a, b: names of the runs."""
    if comparison.noise:
        verdict = "That is not more than noise: these songs do not show that one is better."
    else:
        better, worse = (b, a) if comparison.difference > 0 else (a, b)
        verdict = f"That is more than noise: {better} is better than {worse}."
    accuracy_a, accuracy_b = comparison.accuracy
    only_a, only_b = comparison.only_correct
    return (
        f"{a}: {accuracy_a:.3f} of {comparison.songs} songs classified correctly\n"
        f"{b}: {accuracy_b:.3f}\n"
        f"difference: {comparison.difference:+.3f} (95 % interval {comparison.low:+.3f} to "
        f"{comparison.high:+.3f}, paired bootstrap over songs)\n"
        f"correct in only one run: {only_a} songs in {a}, {only_b} in {b} "
        f"(McNemar's exact test: p = {comparison.p:.3g})\n{verdict}"
    )


def read_predictions(source: str | io.StringIO) -> pd.DataFrame:
    """Read predictions.csv; a region named NA is a name, not a missing value."""
    texts = dict.fromkeys(("song", "group", "part", "region", "predicted"), "string")
    return pd.read_csv(source, dtype=texts, keep_default_na=False)
