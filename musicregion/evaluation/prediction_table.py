"""predictions.csv: probabilities of songs, by models that were not trained on them."""

import numpy as np
import pandas as pd

from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.crossvalidation import Fold
from musicregion.evaluation.holdout import HoldoutResult


def prediction_table(
    result: HoldoutResult, part: str, regions: list[str], repeat: int, fold: int
) -> pd.DataFrame:
    """One row for each song of a part: its region, the prediction, and all probabilities.

    part: "validation" or "test".
    """
    names = np.array(regions)
    songs = getattr(result, part)["song"]
    probabilities = result.calibrated(part, "song")
    labels = pd.DataFrame(
        {
            "song": songs.songs,
            "group": songs.groups,
            "part": part,
            "repeat": repeat,
            "fold": fold,
            "region": names[songs.actual],
            "predicted": names[probabilities.argmax(axis=1)],
        }
    )
    columns = [f"p_{name}" for name in regions]
    return pd.concat([labels, pd.DataFrame(probabilities.round(6), columns=columns)], axis=1)


def all_predictions(data: Dataset, result: HoldoutResult, folds: list[Fold]) -> pd.DataFrame:
    """Calibrated predictions for songs that the predicting model was not trained on.

    With folds: every song in every repeat, as the part "test". Without: validation and test songs.
    """
    if folds:
        tables = [
            prediction_table(fold.result, "test", data.regions, fold.repeat, fold.fold)
            for fold in folds
        ]
    else:
        tables = [
            prediction_table(result, part, data.regions, repeat=1, fold=fold)
            for part, fold in (("validation", 1), ("test", 0))
        ]
    return pd.concat(tables)
