"""What a training leaves in results/: metrics, predictions, tables and pictures."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from stages import calibration, classifier, crossvalidation, plots
from stages.assessment import Assessment
from stages.crossvalidation import Fold
from stages.dataset import Dataset
from stages.evaluation import Level, by_region, scores
from stages.params import Params

FOLDER = Path("results")
UNITS = ("song", "segment")
PARTS = ("validation", "test")


def majority(data: Dataset) -> dict[str, int]:
    """The training part's largest region by songs and by segments.

    A region of few long songs has many segments.
    """
    rows = data.rows("train")
    _, first = np.unique(data.songs[rows], return_index=True)
    return {
        "song": int(np.bincount(data.labels[rows][first]).argmax()),
        "segment": int(np.bincount(data.labels[rows]).argmax()),
    }


def measure(data: Dataset, found: Assessment, seed: int) -> dict[str, dict]:
    """metrics[part][unit][name] of validation and test, and of their calibration."""
    largest = majority(data)
    metrics: dict[str, dict] = {}
    for part in PARTS:
        metrics[part] = {}
        for unit in UNITS:
            level: Level = getattr(found, part)[unit]
            metrics[part][unit] = scores(
                level.actual, level.predicted, level.groups, largest[unit], seed
            )
    metrics["calibration"] = {
        unit: {
            "temperature": found.temperature[unit],
            "error_before": calibration.expected_error(level.probabilities, level.actual),
            "error_after": calibration.expected_error(found.calibrated("test", unit), level.actual),
        }
        for unit, level in found.test.items()
    }
    return metrics


def table(level: Level, regions: list[str], **columns: object) -> pd.DataFrame:
    """One row a song: its region, the answer, and the probability of every region."""
    names = np.array(regions)
    result = pd.DataFrame(level.probabilities.round(6), columns=[f"p_{name}" for name in regions])
    first = {"song": level.songs, "group": level.groups, **columns}
    first |= {"region": names[level.actual], "predicted": names[level.predicted]}
    for place, (name, values) in enumerate(first.items()):
        result.insert(place, name, values)
    return result


def predictions(data: Dataset, found: Assessment, folds: list[Fold]) -> pd.DataFrame:
    """Calibrated answers for songs that the answering model has not heard.

    Of every song in every repeat where there are folds, or else of validation and test songs.
    """

    def calibrated(one: Assessment, part: str) -> Level:
        level: Level = getattr(one, part)["song"]
        return Level(level.actual, one.calibrated(part, "song"), level.songs, level.groups)

    if folds:
        tables = [
            table(
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
            table(calibrated(found, part), data.regions, part=part, repeat=1, fold=fold)
            for part, fold in (("validation", 1), ("test", 0))
        ]
    return pd.concat(tables)


def write(
    data: Dataset, found: Assessment, folds: list[Fold], metrics: dict, settings: Params
) -> None:
    """Write results/, all but suspects.csv. metrics: as measure makes them, and whatever else."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    predictions(data, found, folds).to_csv(FOLDER / "predictions.csv", index=False)
    found.history.to_csv(FOLDER / "history.csv", index=False)
    title = f"{settings.model} on {settings.features}, corpus {settings.corpus}"
    kept = classifier.kept(found.history)
    plots.curves(found.history, kept, title, FOLDER / "curves.png")
    names = np.array(data.regions)
    answers = {unit: (found.test[unit], found.calibrated("test", unit)) for unit in UNITS}
    if folds:
        title += f", {settings.evaluate.folds} folds"
        joined = {unit: crossvalidation.joined(folds, 1, unit) for unit in UNITS}
        raw = {unit: crossvalidation.joined(folds, 1, unit, False) for unit in UNITS}
        answers = {unit: (raw[unit], joined[unit].probabilities) for unit in UNITS}
    for unit, (level, _) in answers.items():
        pd.DataFrame({"actual": names[level.actual], "predicted": names[level.predicted]}).to_csv(
            FOLDER / f"confusion_{unit}.csv", index=False
        )
        by_region(level.actual, level.predicted, data.regions).to_csv(
            FOLDER / f"regions_{unit}.csv", index=False
        )
        picture = FOLDER / f"confusion_{unit}.png"
        plots.confusion(level.actual, level.predicted, data.regions, unit, title, picture)
    plots.reliability(answers, title, FOLDER / "reliability.png")


def flat(metrics: dict, prefix: str = "") -> dict[str, float]:
    """MLflow's names: test_song_accuracy and so on."""
    result = {}
    for name, value in metrics.items():
        if isinstance(value, dict):
            result |= flat(value, f"{prefix}{name}_")
        else:
            result[f"{prefix}{name}"] = value
    return result


def sentence(metrics: dict, data: Dataset) -> str:
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
