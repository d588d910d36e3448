"""How well the distance from the training songs separates songs of the regions from all others."""

from collections.abc import Iterator

import numpy as np

from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.models.training_songs import TrainingSongs, fit_training_songs, song_statistics


def open_set_auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """AUROC of a score that should be higher for unknown songs; 0.5 is chance.

    Hendrycks and Gimpel 2017. known, unknown: scores [song].
    """
    from sklearn.metrics import roc_auc_score

    scores = np.concatenate([known, unknown])
    return float(roc_auc_score(np.arange(len(scores)) >= len(known), scores))


def score_unknown_songs(
    data: Dataset, songs: TrainingSongs, false_rejections: float
) -> dict[str, float]:
    """The shares of test songs and of unknown songs that predictions reject, and the AUROC.

    Unknown songs are those that the corpus lists as unknown; if it lists none, their share and the
    AUROC are left out. false_rejections: the share of test songs that should be rejected.
    """
    scores: dict[str, float] = {}
    statistics = {
        part: np.hstack(song_statistics(data, data.rows(part)))
        for part in ("test", "unknown")
        if len(data.rows(part))
    }
    for part, values in statistics.items():
        rejected = songs.typicality(values) <= false_rejections
        scores[f"{part}_songs_rejected"] = float(rejected.mean())
    if "unknown" in statistics:
        known, unknown = (songs.measure.score(values) for values in statistics.values())
        scores["auroc"] = open_set_auroc(known, unknown)
    return scores


def leave_one_region_out(data: Dataset) -> Iterator[tuple[str, float]]:
    """Yield each region, and the AUROC with which its songs are told from those of the others.

    The left-out region's songs are the unknown ones. Songs of the others are known, and each is
    scored without the songs of its fold.
    """
    for label, region in enumerate(data.regions):
        others = (data.labels != label) & (data.labels != UNKNOWN)
        songs = fit_training_songs(data, np.flatnonzero(others), {})
        # a copy of a song of another region is not unknown
        left_out = (data.labels == label) & ~np.isin(data.groups, data.groups[others])
        unknown = songs.measure.score(np.hstack(song_statistics(data, np.flatnonzero(left_out))))
        yield region, open_set_auroc(songs.song_scores, unknown)
