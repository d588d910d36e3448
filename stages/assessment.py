"""Trains on some songs and answers for others: the one way in which a model is judged here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stages import calibration, classifier
from stages.classifier import Classifier, OnEpoch
from stages.dataset import Dataset
from stages.evaluation import Level
from stages.params import Params


@dataclass(frozen=True)
class Assessment:
    """What came of a training. Levels are by "song" and by "segment", not yet calibrated."""

    model: Classifier | None  # trained on the training and the validation part
    history: pd.DataFrame  # of the training that the validation part stopped, one row per epoch
    validation: dict[str, Level]  # answers of that training's model
    test: dict[str, Level]
    temperature: dict[str, float]  # fitted on validation
    threshold: float  # of a song's calibrated top probability; below it is "none of these"

    def calibrated(self, part: str, unit: str) -> np.ndarray:
        """Probabilities [n, region] of "validation" or "test", by "song" or "segment"."""
        level = getattr(self, part)[unit]
        return calibration.scaled(level.probabilities, self.temperature[unit])


def answers(model: Classifier, data: Dataset, rows: np.ndarray) -> dict[str, Level]:
    """What a model says of some rows' songs and segments."""
    songs, probabilities = model.songs(data, rows)
    _, first = np.unique(data.songs[rows], return_index=True)
    return {
        "song": Level(data.labels[rows][first], probabilities, songs, data.groups[rows][first]),
        "segment": Level(
            data.labels[rows], model.segments(data, rows), data.songs[rows], data.groups[rows]
        ),
    }


def assess(
    data: Dataset,
    train: np.ndarray,
    validation: np.ndarray,
    test: np.ndarray,
    settings: Params,
    on_epoch: OnEpoch,
) -> Assessment:
    """Train, choose the epoch, temperature and threshold on validation; train anew on both; test.

    train, validation, test: rows of `data`; no group of songs has rows in two of them.
    """
    first, history = classifier.learn(data, train, validation, settings, on_epoch)
    held = answers(first, data, validation)
    temperature = {
        unit: calibration.temperature(level.probabilities, level.actual)
        for unit, level in held.items()
    }
    songs = calibration.scaled(held["song"].probabilities, temperature["song"])
    both = np.sort(np.concatenate([train, validation]))
    model = classifier.refit(data, both, history, settings, lambda epoch, metrics: None)
    return Assessment(
        model, history, held, answers(model, data, test), temperature, calibration.threshold(songs)
    )
