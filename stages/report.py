"""What a training leaves in results/: metrics, predictions, tables and pictures."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from stages import plots
from stages.dataset import Dataset
from stages.evaluation import by_region, by_song, scores
from stages.params import Params

FOLDER = Path("results")


@dataclass(frozen=True)
class Level:
    """Answers for the songs, or the segments, of one part; rows of all arrays belong together."""

    actual: np.ndarray  # int [n]
    probabilities: np.ndarray  # [n, region]
    songs: np.ndarray  # str [n]

    @property
    def predicted(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1)


def levels(data: Dataset, probabilities: np.ndarray, part: str) -> dict[str, Level]:
    """What a model answers to one part, by song and by segment.

    probabilities: [segment, region], rows as in `data`.
    """
    rows = data.rows(part)
    label = dict(zip(data.songs[rows], data.labels[rows], strict=True))
    songs, answer = by_song(probabilities[rows], data.songs[rows])
    return {
        "song": Level(np.array([label[song] for song in songs]), answer, songs),
        "segment": Level(data.labels[rows], probabilities[rows], data.songs[rows]),
    }


def measure(data: Dataset, probabilities: np.ndarray, seed: int) -> dict[str, dict]:
    """metrics[part][level][name] of validation and test; probabilities as in `levels`."""
    largest = {  # by songs and by segments: a region of few long songs has many segments
        name: int(np.bincount(level.actual).argmax())
        for name, level in levels(data, probabilities, "train").items()
    }
    return {
        part: {
            name: scores(level.actual, level.predicted, level.songs, largest[name], seed)
            for name, level in levels(data, probabilities, part).items()
        }
        for part in ("validation", "test")
    }


def write(
    data: Dataset, probabilities: np.ndarray, history: pd.DataFrame, settings: Params
) -> dict[str, dict]:
    """Write results/ and return the metrics; probabilities as in `levels`.

    history: one row per epoch.
    """
    FOLDER.mkdir(exist_ok=True)
    metrics = measure(data, probabilities, settings.train.seed)
    (FOLDER / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    names = np.array(data.regions)
    tables = []
    for part in ("validation", "test"):
        songs = levels(data, probabilities, part)["song"]
        table = pd.DataFrame(songs.probabilities.round(6), columns=[f"p_{name}" for name in names])
        table.insert(0, "song", songs.songs)
        table.insert(1, "part", part)
        table.insert(2, "region", names[songs.actual])
        table.insert(3, "predicted", names[songs.predicted])
        tables.append(table)
    pd.concat(tables).to_csv(FOLDER / "predictions.csv", index=False)
    history.to_csv(FOLDER / "history.csv", index=False)
    title = f"{settings.model} on {settings.features}, corpus {settings.corpus}"
    plots.curves(history, title, FOLDER / "curves.png")
    for unit, level in levels(data, probabilities, "test").items():
        pd.DataFrame({"actual": names[level.actual], "predicted": names[level.predicted]}).to_csv(
            FOLDER / f"confusion_{unit}.csv", index=False
        )
        by_region(level.actual, level.predicted, data.regions).to_csv(
            FOLDER / f"regions_{unit}.csv", index=False
        )
        picture = FOLDER / f"confusion_{unit}.png"
        plots.confusion(level.actual, level.predicted, data.regions, unit, title, picture)
    return metrics


def flat(metrics: dict[str, dict]) -> dict[str, float]:
    """MLflow's names: test_song_accuracy and so on."""
    return {
        f"{part}_{level}_{name}": value
        for part, levels in metrics.items()
        for level, values in levels.items()
        for name, value in values.items()
    }


def sentence(metrics: dict[str, dict], data: Dataset) -> str:
    """The result in words."""
    song, segment = metrics["test"]["song"], metrics["test"]["segment"]
    count = len(set(data.songs[data.rows("test")]))
    return (
        f"test: {song['accuracy']:.2f} of {count} songs named rightly (95 % interval "
        f"{song['accuracy_low']:.2f} to {song['accuracy_high']:.2f}), {segment['accuracy']:.2f} of "
        f"segments; always naming the largest region: {song['majority_accuracy']:.2f}"
    )
