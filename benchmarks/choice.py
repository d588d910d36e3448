"""What choosing between models, or averaging them, gives on songs that none was trained on.

All functions take stored folds: for each fold a dict with repeat, fold, validation (accuracy on its
validation songs), songs, groups, actual and probabilities [song, region] of its test songs.
"""

import numpy as np
from sklearn.metrics import f1_score, recall_score

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
