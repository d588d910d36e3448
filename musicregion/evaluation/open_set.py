"""How well a model's confidence separates songs of its regions from songs of none of them."""

from collections.abc import Iterator

import numpy as np

from musicregion.config.params import Params
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.evaluation.holdout import HoldoutResult, evaluate_holdout, predict_rows
from musicregion.models import calibration


def predict_unknown(data: Dataset, rows: np.ndarray, result: HoldoutResult) -> np.ndarray:
    """Calibrated probabilities [song, region] of songs of no region; rows: of `data`."""
    assert result.model is not None  # only cross-validation drops it
    songs = predict_rows(result.model, data, rows)["song"]
    return calibration.apply_temperature(songs.probabilities, result.temperature["song"])


def score_unknown_songs(data: Dataset, result: HoldoutResult) -> dict[str, float]:
    """The threshold, and the shares of test songs and of unknown songs that it rejects.

    Unknown songs are those that the corpus lists as unknown; if it lists none, their share and the
    AUROC are left out.
    """
    known = result.calibrated("test", "song")
    scores = {
        "threshold": result.threshold,
        "test_songs_rejected": float((known.max(axis=1) < result.threshold).mean()),
    }
    rows = data.rows("unknown")
    if len(rows):
        unknown = predict_unknown(data, rows, result)
        scores["auroc"] = calibration.open_set_auroc(known, unknown)
        scores["unknown_songs_rejected"] = float((unknown.max(axis=1) < result.threshold).mean())
    return scores


def leave_one_region_out(data: Dataset, settings: Params) -> Iterator[tuple[str, float]]:
    """Yield each region, and the AUROC of a model that was trained without it.

    The left-out region's songs are the unknown ones; test songs of the others are the known ones.
    """
    for label, region in enumerate(data.regions):
        regions = [name for name in data.regions if name != region]
        names = np.append(data.regions, "")[data.labels]  # UNKNOWN, -1, takes the last
        without = data.relabelled(
            np.where(np.isin(names, regions), np.searchsorted(regions, names), UNKNOWN),
            np.where(data.labels == label, "unknown", data.parts),
            regions,
        )
        train, validation, test = (without.rows(part) for part in ("train", "validation", "test"))
        result = evaluate_holdout(
            without, train, validation, test, settings, lambda epoch, metrics: None
        )
        # a copy of a song of another region is not unknown
        other_groups = data.groups[(data.labels != label) & (data.labels != UNKNOWN)]
        left_out = (data.labels == label) & ~np.isin(data.groups, other_groups)
        unknown = predict_unknown(without, np.flatnonzero(left_out), result)
        yield region, calibration.open_set_auroc(result.calibrated("test", "song"), unknown)
