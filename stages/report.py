"""What a training leaves in results/: metrics, predictions, tables and pictures."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from stages import plots
from stages.dataset import Dataset
from stages.evaluation import by_region, by_song, scores
from stages.params import Params

FOLDER = Path("results")


def write(
    data: Dataset, probabilities: np.ndarray, history: pd.DataFrame, settings: Params
) -> dict[str, dict]:
    """Score validation and test, write results/, and return metrics[part][level][name].

    probabilities: [segment, region], rows as in `data`. history: one row per epoch.
    """
    FOLDER.mkdir(exist_ok=True)
    majority = int(np.bincount(data.labels[data.rows("train")]).argmax())
    seed = settings.train.seed
    metrics: dict[str, dict] = {}
    tables = []
    for part in ("validation", "test"):
        rows = data.rows(part)
        songs, song_probabilities = by_song(probabilities[rows], data.songs[rows])
        first = {
            song: label for song, label in zip(data.songs[rows], data.labels[rows], strict=True)
        }
        levels = {
            "song": (np.array([first[song] for song in songs]), song_probabilities, songs),
            "segment": (data.labels[rows], probabilities[rows], data.songs[rows]),
        }
        metrics[part] = {
            level: scores(actual, answer.argmax(axis=1), names, majority, seed)
            for level, (actual, answer, names) in levels.items()
        }
        actual, answer, _ = levels["song"]
        table = pd.DataFrame(answer.round(6), columns=[f"p_{name}" for name in data.regions])
        table.insert(0, "song", songs)
        table.insert(1, "part", part)
        table.insert(2, "region", np.array(data.regions)[actual])
        table.insert(3, "predicted", np.array(data.regions)[answer.argmax(axis=1)])
        tables.append(table)
    pd.concat(tables).to_csv(FOLDER / "predictions.csv", index=False)
    (FOLDER / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    history.to_csv(FOLDER / "history.csv", index=False)
    title = f"{settings.model} on {settings.features}, corpus {settings.corpus}"
    plots.curves(history, title, FOLDER / "curves.png")
    for level, (actual, answer, _) in levels.items():  # of the test part, the last
        _level(level, actual, answer.argmax(axis=1), data.regions, title)
    return metrics


def _level(
    level: str, actual: np.ndarray, predicted: np.ndarray, regions: list[str], title: str
) -> None:
    """The per-region table and the confusion matrix of one level."""
    names = np.array(regions)
    pd.DataFrame({"actual": names[actual], "predicted": names[predicted]}).to_csv(
        FOLDER / f"confusion_{level}.csv", index=False
    )
    by_region(actual, predicted, regions).to_csv(FOLDER / f"regions_{level}.csv", index=False)
    accuracy = (actual == predicted).mean()
    plots.confusion(
        actual,
        predicted,
        regions,
        level,
        f"{title}\n{len(actual)} test {level}s, accuracy {accuracy:.2f}",
        FOLDER / f"confusion_{level}.png",
    )


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
