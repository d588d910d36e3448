"""What choosing between models, or averaging them, gives on songs that none of them has heard.

All functions take stored answers: for each fold a dict with repeat, fold, validation (accuracy on
its validation songs), songs, groups, actual and probabilities [song, region] of its test songs.
"""

import numpy as np
from sklearn.metrics import f1_score, recall_score

from musicregion.evaluation.metrics import bootstrap_interval
from musicregion.models import opinion_pool


def scored(folds: list[dict], seed: int) -> dict[str, float]:
    """Song accuracy with its interval, macro recall and macro-F1 of stored answers."""
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


def nested(answers: dict[str, list[dict]]) -> tuple[list[dict], dict[str, int]]:
    """In every fold the answers of the pair that is best on its validation songs; how often which.

    answers: by pair, each fold's; of equals the first is chosen.
    """
    pairs = list(answers)
    chosen, counts = [], dict.fromkeys(pairs, 0)
    for folds in zip(*answers.values(), strict=True):
        best = int(np.argmax([fold["validation"] for fold in folds]))
        chosen.append(folds[best])
        counts[pairs[best]] += 1
    return chosen, {pair: count for pair, count in counts.items() if count}


def together(answers: dict[str, list[dict]]) -> list[dict]:
    """What several pairs say together, fold by fold."""
    joined = []
    for folds in zip(*answers.values(), strict=True):
        opinions = [np.array(fold["probabilities"]) for fold in folds]
        joined.append(folds[0] | {"probabilities": opinion_pool.combine(opinions).tolist()})
    return joined
