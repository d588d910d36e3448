"""What a training leaves in results/: metrics, predictions, tables and pictures."""

import json

import numpy as np
import pandas as pd

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import crossvalidation, plots
from musicregion.evaluation.crossvalidation import Fold
from musicregion.evaluation.holdout import HoldoutResult
from musicregion.evaluation.metrics import Predictions, accuracy_scores, region_scores
from musicregion.evaluation.prediction_table import all_predictions
from musicregion.models import calibration, fit
from musicregion.storage.paths import RESULTS

UNITS = ("song", "segment")
PARTS = ("validation", "test")


def majority_region(data: Dataset) -> dict[str, int]:
    """The training part's largest region by songs and by segments.

    A region of few long songs has many segments.
    """
    rows = data.rows("train")
    _, first = np.unique(data.songs[rows], return_index=True)
    return {
        "song": int(np.bincount(data.labels[rows][first]).argmax()),
        "segment": int(np.bincount(data.labels[rows]).argmax()),
    }


def measure_holdout(data: Dataset, found: HoldoutResult, seed: int) -> dict[str, dict]:
    """metrics[part][unit][name] of validation and test, and of their calibration."""
    largest = majority_region(data)
    metrics: dict[str, dict] = {}
    for part in PARTS:
        metrics[part] = {}
        for unit in UNITS:
            level: Predictions = getattr(found, part)[unit]
            metrics[part][unit] = accuracy_scores(
                level.actual, level.predicted, level.groups, largest[unit], seed
            )
    metrics["calibration"] = {
        unit: {
            "temperature": found.temperature[unit],
            "error_before": calibration.expected_calibration_error(
                level.probabilities, level.actual
            ),
            "error_after": calibration.expected_calibration_error(
                found.calibrated("test", unit), level.actual
            ),
        }
        for unit, level in found.test.items()
    }
    return metrics


def write_results(
    data: Dataset, found: HoldoutResult, folds: list[Fold], metrics: dict, settings: Params
) -> None:
    """Write results/, all but suspects.csv. metrics: as measure makes them, and whatever else."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    all_predictions(data, found, folds).to_csv(RESULTS / "predictions.csv", index=False)
    found.history.to_csv(RESULTS / "history.csv", index=False)
    title = f"{settings.model} on {settings.features}, corpus {settings.corpus}"
    kept = fit.best_epoch(found.history)
    plots.plot_curves(found.history, kept, title, RESULTS / "curves.png")
    names = np.array(data.regions)
    answers = {unit: (found.test[unit], found.calibrated("test", unit)) for unit in UNITS}
    if folds:
        title += f", {settings.evaluate.folds} folds"
        joined = {unit: crossvalidation.out_of_fold_predictions(folds, 1, unit) for unit in UNITS}
        raw = {
            unit: crossvalidation.out_of_fold_predictions(folds, 1, unit, False) for unit in UNITS
        }
        answers = {unit: (raw[unit], joined[unit].probabilities) for unit in UNITS}
    for unit, (level, _) in answers.items():
        pd.DataFrame({"actual": names[level.actual], "predicted": names[level.predicted]}).to_csv(
            RESULTS / f"confusion_{unit}.csv", index=False
        )
        region_scores(level.actual, level.predicted, data.regions).to_csv(
            RESULTS / f"regions_{unit}.csv", index=False
        )
        picture = RESULTS / f"confusion_{unit}.png"
        plots.plot_confusion(level.actual, level.predicted, data.regions, unit, title, picture)
    plots.plot_reliability(answers, title, RESULTS / "reliability.png")


def flatten_metrics(metrics: dict, prefix: str = "") -> dict[str, float]:
    """MLflow's names: test_song_accuracy and so on."""
    result = {}
    for name, value in metrics.items():
        if isinstance(value, dict):
            result |= flatten_metrics(value, f"{prefix}{name}_")
        else:
            result[f"{prefix}{name}"] = value
    return result


def describe_result(metrics: dict, data: Dataset) -> str:
    """The result in words."""
    song, segment = metrics["test"]["song"], metrics["test"]["segment"]
    count = len(set(data.songs[data.rows("test")]))
    text = (
        f"test: {song['accuracy']:.2f} of {count} songs named rightly (95 % interval "
        f"{song['accuracy_low']:.2f} to {song['accuracy_high']:.2f}), {segment['accuracy']:.2f} of "
        f"segments; always naming the largest region: {song['majority_accuracy']:.2f}"
    )
    if "folds" in metrics:
        song = metrics["folds"]["song"]
        count = len(set(data.songs[data.known()]))
        text += (
            f"\nfolds: {song['accuracy']:.2f} of all {count} songs, each unheard (95 % interval "
            f"{song['accuracy_low']:.2f} to {song['accuracy_high']:.2f}; standard deviation over "
            f"folds {song['accuracy_spread']:.2f})"
        )
    return text
