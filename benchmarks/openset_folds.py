"""Five folds of songs in which ways to reject are compared: their scores, AUROC and rejections."""

import numpy as np

from benchmarks import openset_methods as methods
from musicregion.config.params import Params
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.evaluation.crossvalidation import assign_segment_folds
from musicregion.evaluation.holdout import evaluate_holdout, predict_rows
from musicregion.evaluation.open_set import open_set_auroc
from musicregion.models import calibration
from musicregion.models.training_songs import song_statistics

FOLDS = 5
PROBABILITY, COMBINED = "top probability", "combined"
CLIP = 3  # deviations; so much may the probability say against the distance


def score_songs(
    data: Dataset, parts: list[np.ndarray], unknown: np.ndarray, settings: Params
) -> dict[str, list[np.ndarray]]:
    """Of each method: scores to calibrate with, of test songs and of unknown songs.

    parts: rows of train, validation and test. unknown: rows of other songs.
    """
    train, validation, test = parts
    result = evaluate_holdout(data, train, validation, test, settings, lambda epoch, metrics: None)
    assert result.model is not None  # only cross-validation drops it

    def doubt(rows: np.ndarray) -> np.ndarray:
        songs = predict_rows(result.model, data, rows)["song"].probabilities
        return -calibration.apply_temperature(songs, result.temperature["song"]).max(axis=1)

    on_validation = -result.calibrated("validation", "song").max(axis=1)
    scores = {PROBABILITY: [on_validation, doubt(test), doubt(unknown)]}
    both = np.sort(np.concatenate([train, validation]))
    songs, first = np.unique(data.songs[both], return_index=True)
    kinds, labels = song_statistics(data, both), data.labels[both][first]
    groups = data.groups[both][first]
    others = [np.hstack(song_statistics(data, rows)) for rows in (test, unknown)]
    score = methods.fit_methods(kinds, labels)
    of_others = [score(values) for values in others]
    for name, held_out in methods.scores_out_of_fold(kinds, labels, groups).items():
        scores[name] = [held_out, *(values[name] for values in of_others)]
    # the one that predictions use, with the model's doubt; both in deviations
    held_out, *distances = scores[methods.OURS]
    mean, deviation = held_out.mean(), held_out.std()
    center, spread = on_validation.mean(), on_validation.std()
    in_validation = np.isin(songs, data.songs[validation])
    distances = [held_out[in_validation], *distances]
    scores[COMBINED] = [
        (distance - mean) / deviation + np.clip((doubts - center) / spread, -CLIP, CLIP)
        for distance, doubts in zip(distances, scores[PROBABILITY], strict=True)
    ]
    return scores


def split_fold(fold: np.ndarray, test: int, rows: np.ndarray) -> list[np.ndarray]:
    """The train, validation and test rows among `rows`; the fold after the test is validation."""
    validation = (test + 1) % FOLDS
    of_rows = fold[rows]
    is_train = (of_rows >= 0) & (of_rows != test) & (of_rows != validation)
    return [rows[is_train], rows[of_rows == validation], rows[of_rows == test]]


def measure_aurocs(data: Dataset, settings: Params) -> dict[str, dict[str, float]]:
    """AUROC by method and region, the mean over folds."""
    fold = assign_segment_folds(data, FOLDS, settings.split.seed)
    aurocs: dict[str, dict[str, list[float]]] = {}
    for label, region in enumerate(data.regions):
        left_out = data.labels == label
        others = np.flatnonzero(~left_out & (data.labels != UNKNOWN))
        regions = [name for name in data.regions if name != region]
        labels = np.where(left_out, UNKNOWN, data.labels - (data.labels > label))
        without = data.relabelled(labels, data.parts, regions)
        unknown = np.flatnonzero(left_out & ~np.isin(data.groups, data.groups[others]))
        for test in range(FOLDS):
            scores = score_songs(without, split_fold(fold, test, others), unknown, settings)
            for method, (_, known, strange) in scores.items():
                by_region = aurocs.setdefault(method, {}).setdefault(region, [])
                by_region.append(open_set_auroc(known, strange))
    return {
        method: {region: float(np.mean(values)) for region, values in regions.items()}
        for method, regions in aurocs.items()
    }


def measure_rejections(
    data: Dataset, settings: Params
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Shares of test songs rejected, by method; of sounds, by method and kind."""
    fold = assign_segment_folds(data, FOLDS, settings.split.seed)
    known, unknown = data.known(), data.rows("unknown")
    kinds = np.array([song.rpartition(" ")[0] for song in np.unique(data.songs[unknown])])
    tests: dict[str, list[np.ndarray]] = {}
    sounds: dict[str, list[np.ndarray]] = {}
    for test in range(FOLDS):
        scores = score_songs(data, split_fold(fold, test, known), unknown, settings)
        for method, (held_out, *others) in scores.items():
            p_values = [methods.conformal_p_values(held_out, values) for values in others]
            rejected = [values <= settings.evaluate.false_rejections for values in p_values]
            tests.setdefault(method, []).append(rejected[0])
            sounds.setdefault(method, []).append(rejected[1])
    by_kind = {
        method: {
            kind: float(np.mean(folds, axis=0)[kinds == kind].mean())
            for kind in sorted(set(kinds.tolist()))
        }
        for method, folds in sounds.items()
    }
    return {method: float(np.concatenate(folds).mean()) for method, folds in tests.items()}, by_kind
