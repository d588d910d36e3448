"""What a training leaves in results/: metrics, predictions, tables and plots."""

import json
from typing import Any

import numpy as np
import pandas as pd

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import plots
from musicregion.evaluation.crossvalidation import Fold, out_of_fold_predictions
from musicregion.evaluation.headline import headline_metrics
from musicregion.evaluation.holdout import HoldoutResult
from musicregion.evaluation.metrics import Predictions, accuracy_scores, region_scores
from musicregion.evaluation.prediction_table import all_predictions
from musicregion.models import calibration, fit
from musicregion.storage.files import writing
from musicregion.storage.paths import DETAILS, HISTORY, METRICS, PREDICTIONS, RESULTS

UNITS = ("song", "segment")
PARTS = ("validation", "test")


def majority_region(data: Dataset) -> dict[str, int]:
    """The training part's largest region, by "song" and by "segment".

    They differ where a region has few songs, but long ones.
    """
    rows = data.rows("train")
    _, first = np.unique(data.songs[rows], return_index=True)
    return {
        "song": int(np.bincount(data.labels[rows][first]).argmax()),
        "segment": int(np.bincount(data.labels[rows]).argmax()),
    }


def measure_holdout(data: Dataset, result: HoldoutResult, seed: int) -> dict[str, Any]:
    """`metrics[part][unit][name]` of validation and test; `metrics["calibration"][unit][name]`.

    seed: of the bootstrap.
    """
    majority = majority_region(data)
    metrics: dict[str, Any] = {}
    for part in PARTS:
        metrics[part] = {}
        for unit in UNITS:
            predictions: Predictions = getattr(result, part)[unit]
            metrics[part][unit] = accuracy_scores(
                predictions.actual, predictions.predicted, predictions.groups, majority[unit], seed
            )
    metrics["calibration"] = {
        unit: {
            "temperature": result.temperature[unit],
            "error_before": calibration.expected_calibration_error(
                predictions.probabilities, predictions.actual
            ),
            "error_after": calibration.expected_calibration_error(
                result.calibrated("test", unit), predictions.actual
            ),
        }
        for unit, predictions in result.test.items()
    }
    return metrics


def write_history(history: pd.DataFrame) -> None:
    """Write history.csv, the whole file at once: plots may be drawn while training goes on.

    history: epoch and metrics by their Keras names, one row per epoch.
    """
    with writing(HISTORY) as part:
        history.to_csv(part, index=False)


def write_results(
    data: Dataset,
    result: HoldoutResult,
    folds: list[Fold],
    metrics: dict[str, Any],
    settings: Params,
) -> None:
    """Write all of results/ but suspects.csv.

    metrics: all of them; metrics.json holds the headline ones. With folds, tables and plots show
    the first repeat's out-of-fold predictions, or else those for the test part.
    """
    RESULTS.mkdir(exist_ok=True)
    for path, values in ((DETAILS, metrics), (METRICS, headline_metrics(metrics))):
        path.write_text(json.dumps(values, indent=2) + "\n")
    all_predictions(data, result, folds).to_csv(PREDICTIONS, index=False)
    write_history(result.history)
    title = f"{settings.model} on {settings.features}, corpus {settings.corpus}"
    best = fit.best_epoch(result.history)
    plots.plot_curves(result.history, best, title, RESULTS / "curves.png")
    names = np.array(data.regions)
    shown = {unit: (result.test[unit], result.calibrated("test", unit)) for unit in UNITS}
    if folds:
        title += f", {settings.evaluate.folds} folds"
        for unit in UNITS:
            calibrated = out_of_fold_predictions(folds, 1, unit).probabilities
            shown[unit] = out_of_fold_predictions(folds, 1, unit, calibrated=False), calibrated
    for unit, (predictions, _) in shown.items():
        actual, predicted = predictions.actual, predictions.predicted
        confusion = pd.DataFrame({"actual": names[actual], "predicted": names[predicted]})
        confusion.to_csv(RESULTS / f"confusion_{unit}.csv", index=False)
        scores = region_scores(actual, predicted, data.regions)
        scores.to_csv(RESULTS / f"regions_{unit}.csv", index=False)
        path = RESULTS / f"confusion_{unit}.png"
        plots.plot_confusion(actual, predicted, data.regions, unit, title, path)
    plots.plot_reliability(shown, title, RESULTS / "reliability.png")


def count_songs(data: Dataset) -> tuple[int, int]:
    """How many songs the test part has, and how many belong to a region at all."""
    return len(set(data.songs[data.rows("test")])), len(set(data.songs[data.known()]))


def describe_result(metrics: dict[str, Any], test_songs: int, songs: int) -> str:
    """The metrics in sentences, for the terminal and MLflow.

    test_songs: how many the test part has; songs: how many were divided into folds.
    """
    song, segment = metrics["test"]["song"], metrics["test"]["segment"]
    text = (
        f"test: {song['accuracy']:.2f} of {test_songs} songs classified correctly (95 % interval "
        f"{song['accuracy_low']:.2f} to {song['accuracy_high']:.2f}), {segment['accuracy']:.2f} of "
        f"segments; always predicting the largest region: {song['majority_accuracy']:.2f}"
    )
    if "folds" in metrics:
        song = metrics["folds"]["song"]
        text += (
            f"\nfolds: {song['accuracy']:.2f} of all {songs} songs, each by a model not trained on "
            f"it (95 % interval {song['accuracy_low']:.2f} to {song['accuracy_high']:.2f}; "
            f"standard deviation over folds {song['accuracy_spread']:.2f})"
        )
    return text
