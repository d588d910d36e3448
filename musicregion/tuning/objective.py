"""The objective of a search: how well params predict songs held out of training, never of test."""

from collections.abc import Callable, Iterator

import numpy as np
from sklearn.metrics import f1_score

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import crossvalidation
from musicregion.models import base, calibration, fit, registry

Report = Callable[[float, int], None]  # (value so far, step from 1); raises to stop the trial


def score_predictions(probabilities: np.ndarray, actual: np.ndarray, objective: str) -> float:
    """The value of predictions; higher is better.

    likelihood: the mean log-probability of the true region, after calibration. With a few dozen
    songs, accuracy has only a few dozen possible values; this is finer.

    Args:
        probabilities: [song, region].
        actual: int [song].
        objective: "macro_f1" or "likelihood", as tune.objective.
    """
    if objective == "macro_f1":
        return float(f1_score(actual, probabilities.argmax(axis=1), average="macro"))
    temperature = calibration.fit_temperature(probabilities, actual)
    calibrated = calibration.apply_temperature(probabilities, temperature)
    return float(np.log(calibrated[np.arange(len(actual)), actual]).mean())


def divide_rows(data: Dataset, settings: Params) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows to train on and rows to score: the parts, or inner folds of both together.

    data: the training and validation parts alone.
    """
    if not settings.tune.folds:
        yield data.rows("train"), data.rows("validation")
        return
    fold = crossvalidation.assign_segment_folds(data, settings.tune.folds, settings.split.seed)
    for held_out in range(settings.tune.folds):
        yield np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)


def evaluate_params(
    data: Dataset, settings: Params, report: Report, on_epoch: base.OnEpoch
) -> float:
    """Train and score; with inner folds, the mean over them.

    data: the training and validation parts alone.
    report: gets the mean over the folds so far; without inner folds, each epoch's negative
        validation cross-entropy, if the model has epochs.
    """
    scores: list[float] = []
    by_epoch = not settings.tune.folds and registry.has_epochs(settings.model)

    def log_epoch(epoch: int, metrics: dict[str, float]) -> None:
        prefix = f"fold_{number}/" if settings.tune.folds else ""
        on_epoch(epoch, {f"{prefix}{name}": value for name, value in metrics.items()})
        if by_epoch:
            report(-metrics["val_crossentropy"], epoch)

    for number, (train, held_out) in enumerate(divide_rows(data, settings), 1):
        model, _ = fit.fit_model(data, train, held_out, settings, log_epoch)
        _, probabilities = model.predict_songs(data, held_out)
        _, first = np.unique(data.songs[held_out], return_index=True)
        actual = data.labels[held_out][first]
        scores.append(score_predictions(probabilities, actual, settings.tune.objective))
        if settings.tune.folds:
            report(float(np.mean(scores)), number)
    return float(np.mean(scores))
