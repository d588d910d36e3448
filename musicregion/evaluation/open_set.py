"""How well music of no region is told from music of the regions."""

from collections.abc import Iterator

import numpy as np

from musicregion.config.params import Params
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.evaluation.holdout import HoldoutResult, evaluate_holdout, predict_rows
from musicregion.models import calibration


def score_unknown_songs(data: Dataset, found: HoldoutResult) -> dict[str, float]:
    """Scores on the songs that the corpus lists as unknown; only the share rejected without any."""
    known = found.calibrated("test", "song")
    result = {
        "threshold": found.threshold,
        "test_songs_rejected": float((known.max(axis=1) < found.threshold).mean()),
    }
    rows = data.rows("unknown")
    if len(rows):
        raw = predict_rows(found.model, data, rows)["song"].probabilities
        strange = calibration.apply_temperature(raw, found.temperature["song"])
        result["auroc"] = calibration.open_set_auroc(known, strange)
        result["unknown_songs_rejected"] = float((strange.max(axis=1) < found.threshold).mean())
    return result


def leave_one_region_out(data: Dataset, settings: Params) -> Iterator[tuple[str, float]]:
    """Each region with its AUROC when it is unknown: not in training, all its songs asked for.

    The known songs are the test part's of the other regions.
    """
    for label, region in enumerate(data.regions):
        regions = [name for name in data.regions if name != region]
        names = np.append(data.regions, "")[data.labels]  # UNKNOWN takes the last
        without = data.relabelled(
            np.where(np.isin(names, regions), np.searchsorted(regions, names), UNKNOWN),
            np.where(data.labels == label, "unknown", data.parts),
            regions,
        )
        rows = [without.rows(part) for part in ("train", "validation", "test")]
        found = evaluate_holdout(without, *rows, settings, lambda epoch, metrics: None)
        own = data.labels == label
        # a copy of a song of another region is not unknown
        own &= ~np.isin(data.groups, data.groups[(data.labels != label) & (data.labels != UNKNOWN)])
        raw = predict_rows(found.model, without, np.flatnonzero(own))["song"]
        strange = calibration.apply_temperature(raw.probabilities, found.temperature["song"])
        yield region, calibration.open_set_auroc(found.calibrated("test", "song"), strange)
