"""What choosing between models, or averaging them, gives on songs that none was trained on.

All functions take stored folds: for each fold a dict with repeat, fold, validation (accuracy on its
validation songs), songs, groups, actual and probabilities [song, region] of its test songs.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score, recall_score

from musicregion.evaluation.compare_runs import compare_predictions
from musicregion.evaluation.metrics import bootstrap_interval
from musicregion.models import opinion_pool


def score_folds(folds: list[dict], seed: int) -> dict[str, float]:
    """Song accuracy with its 95 % interval, macro recall and macro-F1 of stored predictions."""
    actual, groups = (
        np.concatenate([fold[name] for fold in folds]) for name in ("actual", "groups")
    )
    predicted = np.concatenate([fold["probabilities"] for fold in folds]).argmax(axis=1)
    low, high = bootstrap_interval(actual == predicted, groups, seed)
    return {
        "song_accuracy": round(float((actual == predicted).mean()), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "macro_recall": round(float(recall_score(actual, predicted, average="macro")), 4),
        "macro_f1": round(float(f1_score(actual, predicted, average="macro")), 4),
    }


def choose_nested(folds_by_pair: dict[str, list[dict]]) -> tuple[list[dict], dict[str, int]]:
    """In every fold, the pair of model and features that is best on its validation songs.

    Returns the chosen folds, and how often each pair was chosen. Of equals the first is chosen.
    """
    pairs = list(folds_by_pair)
    chosen, counts = [], dict.fromkeys(pairs, 0)
    for folds in zip(*folds_by_pair.values(), strict=True):
        best = int(np.argmax([fold["validation"] for fold in folds]))
        chosen.append(folds[best])
        counts[pairs[best]] += 1
    return chosen, {pair: count for pair, count in counts.items() if count}


def pool_folds(folds_by_pair: dict[str, list[dict]]) -> list[dict]:
    """The mean of several pairs' log-probabilities, fold by fold."""
    pooled = []
    for folds in zip(*folds_by_pair.values(), strict=True):
        opinions = [np.array(fold["probabilities"]) for fold in folds]
        pooled.append(folds[0] | {"probabilities": opinion_pool.combine(opinions).tolist()})
    return pooled


def combine_pairs(
    folds_by_pair: dict[str, list[dict]], pools: list[tuple[str, ...]], seed: int
) -> dict[str, dict]:
    """The scores of nested validation between the pairs that were repeated, and of pools, by name.

    pools: pairs whose log-probabilities are averaged.
    """
    most = max(len(folds) for folds in folds_by_pair.values())
    repeated = {pair: folds for pair, folds in folds_by_pair.items() if len(folds) == most}
    chosen, counts = choose_nested(repeated)
    scores = {"chosen by nested validation": score_folds(chosen, seed) | {"chosen": counts}}
    for names in pools:
        if all(name in folds_by_pair for name in names):
            length = min(len(folds_by_pair[name]) for name in names)
            pooled = pool_folds({name: folds_by_pair[name][:length] for name in names})
            repeats = max(fold["repeat"] for fold in folds_by_pair[names[0]][:length])
            scores[" + ".join(names)] = score_folds(pooled, seed) | {"repeats": repeats}
    return scores


def tabulate_folds(folds: list[dict]) -> pd.DataFrame:
    """Stored folds as the columns of predictions.csv that a comparison needs."""
    tables = [
        pd.DataFrame(
            {
                "song": fold["songs"],
                "group": fold["groups"],
                "part": "test",
                "region": fold["actual"],
                "predicted": np.argmax(fold["probabilities"], axis=1),
            }
        )
        for fold in folds
    ]
    return pd.concat(tables)


def compare_pairs(
    folds_by_pair: dict[str, list[dict]], reference: str, seed: int
) -> dict[str, dict[str, float]]:
    """How much more of the songs each pair classifies correctly than the pair `reference`.

    Returns difference, low, high (95 % interval of a paired bootstrap) and p (McNemar), by pair.
    """
    table = tabulate_folds(folds_by_pair[reference])
    rows = {}
    for pair, folds in folds_by_pair.items():
        compared = compare_predictions(table, tabulate_folds(folds), seed)
        rows[pair] = {
            name: round(getattr(compared, name), 4) for name in ("difference", "low", "high", "p")
        }
    return rows


def format_difference(row: dict[str, float]) -> str:
    """A row of compare_pairs for a table: "+0.02 (-0.01 to +0.05)"."""
    return f"{row['difference']:+.3f} ({row['low']:+.2f} to {row['high']:+.2f})"
