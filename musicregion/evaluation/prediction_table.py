"""predictions.csv: probabilities of songs, by models that were not trained on them."""

import numpy as np
import pandas as pd

from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.crossvalidation import Fold
from musicregion.evaluation.holdout import HoldoutResult
from musicregion.evaluation.metrics import Predictions


def prediction_table(level: Predictions, regions: list[str], **columns: object) -> pd.DataFrame:
    """One row a song: its region, the answer, and the probability of every region."""
    names = np.array(regions)
    result = pd.DataFrame(level.probabilities.round(6), columns=[f"p_{name}" for name in regions])
    first = {"song": level.songs, "group": level.groups, **columns}
    first |= {"region": names[level.actual], "predicted": names[level.predicted]}
    for place, (name, values) in enumerate(first.items()):
        result.insert(place, name, values)
    return result


def all_predictions(data: Dataset, found: HoldoutResult, folds: list[Fold]) -> pd.DataFrame:
    """Calibrated answers for songs that the answering model has not heard.

    Of every song in every repeat where there are folds, or else of validation and test songs.
    """

    def calibrated(one: HoldoutResult, part: str) -> Predictions:
        level: Predictions = getattr(one, part)["song"]
        return Predictions(level.actual, one.calibrated(part, "song"), level.songs, level.groups)

    if folds:
        tables = [
            prediction_table(
                calibrated(one.assessment, "test"),
                data.regions,
                part="test",
                repeat=one.repeat,
                fold=one.fold,
            )
            for one in folds
        ]
    else:
        tables = [
            prediction_table(calibrated(found, part), data.regions, part=part, repeat=1, fold=fold)
            for part, fold in (("validation", 1), ("test", 0))
        ]
    return pd.concat(tables)
