"""How good some params are: trained on some songs, judged by others, none of them test songs."""

from collections.abc import Callable, Iterator

import numpy as np
from sklearn.metrics import f1_score

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import crossvalidation
from musicregion.models import base, calibration, fit, registry

Report = Callable[[float, int], None]  # (value so far, step from 1); raises to stop the trial


def score_predictions(probabilities: np.ndarray, actual: np.ndarray, objective: str) -> float:
    """How good answers are, higher is better. probabilities: [song, region]; actual: int [song].

    likelihood: the mean logarithm of the true region's probability, after calibration. It says
    more than a share of right answers, of which a few dozen songs permit a few dozen values.
    """
    if objective == "macro_f1":
        return float(f1_score(actual, probabilities.argmax(axis=1), average="macro"))
    temperature = calibration.fit_temperature(probabilities, actual)
    scaled = calibration.apply_temperature(probabilities, temperature)
    return float(np.log(scaled[np.arange(len(actual)), actual]).mean())


def divide_rows(data: Dataset, settings: Params) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and rows to judge by: the parts, or inner folds of both together.

    data: the training and the validation part alone.
    """
    if not settings.tune.folds:
        yield data.rows("train"), data.rows("validation")
        return
    fold = crossvalidation.assign_segment_folds(data, settings.tune.folds, settings.split.seed)
    for held in range(settings.tune.folds):
        yield np.flatnonzero(fold != held), np.flatnonzero(fold == held)


def evaluate_params(
    data: Dataset, settings: Params, report: Report, on_epoch: base.OnEpoch
) -> float:
    """Train and score; with inner folds the mean over them.

    report: is given each epoch's value where there is one division and epochs, or else each fold's
    mean so far. The value of an epoch is its validation cross-entropy, negative.
    """
    scores: list[float] = []
    by_epoch = not settings.tune.folds and registry.has_epochs(settings.model)

    def epoch_ended(epoch: int, metrics: dict) -> None:
        prefix = f"fold_{number}_" if settings.tune.folds else ""
        on_epoch(epoch, {f"{prefix}{name}": value for name, value in metrics.items()})
        if by_epoch:
            report(-metrics["val_crossentropy"], epoch)

    for number, (train, held) in enumerate(divide_rows(data, settings), 1):
        model, _ = fit.fit_model(data, train, held, settings, epoch_ended)
        probabilities = model.predict_songs(data, held)[1]
        first = np.unique(data.songs[held], return_index=True)[1]
        scores.append(
            score_predictions(probabilities, data.labels[held][first], settings.tune.objective)
        )
        if settings.tune.folds:
            report(float(np.mean(scores)), number)
    return float(np.mean(scores))
