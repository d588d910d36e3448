"""How well music of no region is told from music of the regions."""

from collections.abc import Iterator

import numpy as np

from stages import calibration
from stages.assessment import Assessment, answers, assess
from stages.dataset import UNKNOWN, Dataset
from stages.params import Params


def listed(data: Dataset, found: Assessment) -> dict[str, float]:
    """Scores on the songs that the corpus lists as unknown; only the share rejected without any."""
    known = found.calibrated("test", "song")
    result = {
        "threshold": found.threshold,
        "test_songs_rejected": float((known.max(axis=1) < found.threshold).mean()),
    }
    rows = data.rows("unknown")
    if len(rows):
        raw = answers(found.model, data, rows)["song"].probabilities
        strange = calibration.scaled(raw, found.temperature["song"])
        result["auroc"] = calibration.auroc(known, strange)
        result["unknown_songs_rejected"] = float((strange.max(axis=1) < found.threshold).mean())
    return result


def leave_one_out(data: Dataset, settings: Params) -> Iterator[tuple[str, float]]:
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
        found = assess(without, *rows, settings, lambda epoch, metrics: None)
        own = data.labels == label
        # a copy of a song of another region is not unknown
        own &= ~np.isin(data.groups, data.groups[(data.labels != label) & (data.labels != UNKNOWN)])
        raw = answers(found.model, without, np.flatnonzero(own))["song"]
        strange = calibration.scaled(raw.probabilities, found.temperature["song"])
        yield region, calibration.auroc(found.calibrated("test", "song"), strange)
