"""Writes results/report.html, the page on which a training's result can be heard."""

from typing import Any

import numpy as np
import pandas as pd

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.crossvalidation import Fold, out_of_fold_predictions
from musicregion.evaluation.holdout import HoldoutResult
from musicregion.evaluation.metrics import Predictions, region_scores
from musicregion.evaluation.report import PARTS, UNITS, count_songs, describe_result
from musicregion.models.training_songs import TrainingSongs
from musicregion.presentation.cautions import find_cautions
from musicregion.presentation.near_songs import near_songs
from musicregion.presentation.reliability import measure_reliability
from musicregion.presentation.report_page import ReportContents, render_report
from musicregion.storage import tables
from musicregion.storage.files import writing
from musicregion.storage.paths import REPORT, segment_file


def calibrated_predictions(
    result: HoldoutResult, folds: list[Fold], part: str, unit: str
) -> Predictions:
    """Of the first repeat's folds, or else of a part, with calibrated probabilities."""
    if folds:
        return out_of_fold_predictions(folds, 1, unit)
    raw: Predictions = getattr(result, part)[unit]
    return Predictions(raw.actual, result.calibrated(part, unit), raw.songs, raw.groups)


def segment_probabilities(result: HoldoutResult, folds: list[Fold]) -> dict[str, np.ndarray]:
    """Calibrated probabilities of the segments, [segment, region], by song, in their order."""
    songs: dict[str, np.ndarray] = {}
    for part in ("test",) if folds else PARTS:
        segments = calibrated_predictions(result, folds, part, "segment")
        for song in np.unique(segments.songs):
            songs[str(song)] = segments.probabilities[segments.songs == song]
    return songs


def describe_training(data: Dataset) -> str:
    """What the model was trained on, in a sentence."""
    songs = len(set(data.songs[data.rows("train", "validation")]))
    return f"Trained on {songs} songs of {len(data.regions)} regions: {', '.join(data.regions)}."


def write_report(
    data: Dataset,
    result: HoldoutResult,
    folds: list[Fold],
    metrics: dict[str, Any],
    settings: Params,
    shortcuts: dict[str, Any],
    predictions: pd.DataFrame,
    suspects: pd.DataFrame,
    training: TrainingSongs,
) -> None:
    """Write the page.

    metrics: all of them; shortcuts, predictions, suspects: the contents of these files of results/;
    training: of the saved model.

    Raises:
        InputError: a song's segments or a table are missing.
    """
    known = data.known()
    rows = pd.DataFrame({"song": data.songs[known], "group": data.groups[known]}).drop_duplicates()
    songs = rows.merge(tables.SONGS.read()[["song", "region", "title", "album"]], on="song")
    songs = songs.set_index("song")
    by_unit = {unit: calibrated_predictions(result, folds, "test", unit) for unit in UNITS}
    tested = by_unit["song"]
    score = metrics["folds" if folds else "test"]["song"]
    interval = score["accuracy_low"], score["accuracy_high"]
    lines = describe_result(metrics, *count_songs(data)).splitlines()
    sentences = [line[0].upper() + line[1:] for line in lines]
    contents = ReportContents(
        heading=f"{settings.model} on {settings.features}, corpus {settings.corpus}",
        sentences=[describe_training(data), *sentences],
        cautions=find_cautions(shortcuts, interval, len(tested.songs), songs, settings.split.group),
        file_facts=shortcuts["sentences"],
        predictions=predictions[predictions["repeat"] == 1],
        segments=segment_probabilities(result, folds),
        suspects=suspects,
        region_scores=region_scores(tested.actual, tested.predicted, data.regions),
        reliability={
            unit: measure_reliability(of_unit.probabilities, of_unit.actual)
            for unit, of_unit in by_unit.items()
        },
        duplicates=tables.DUPLICATES.read(),
        window=settings.segment.window,
    )
    titles = {str(song): title or str(song) for song, title in songs["title"].items()}
    files = {str(song): segment_file(region, str(song)) for song, region in songs["region"].items()}
    with writing(REPORT) as part:
        part.write_text(
            render_report(contents, titles, files, near_songs(data, training)), encoding="utf-8"
        )
