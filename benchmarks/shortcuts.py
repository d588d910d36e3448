"""`python -m benchmarks.shortcuts`: does the model hear music, or the codec?

On the corpus, features and model of params.yaml, whose songs, segments and features must be in
data/ (`dvc repro`, or `dvc exp run -S corpus=games`). Five folds; each song is predicted by a model
that was not trained on it. Writes these rows to benchmarks/results/shortcuts.json:

- majority, nuisances, format, model: whole songs; the largest region, a classifier of facts about
  the files alone, and the model;
- excerpt: the same model on the first 20 seconds of 100 songs, to save time; then on excerpts
  that were changed. `changed` is the share of predictions that differ from those of the excerpt as
  it is. Lossy codecs get what the file has, all else the pipeline's mono;
- seconds shuffled: what keeps its accuracy hears neither melody nor rhythm;
- trained on excerpts, trained on neutralised: trained and tested on excerpts, as they are or
  through one codec, within one band and at one level. What a model needs, against what it uses.
"""

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.intervened_songs import all_excerpt_features, excerpt_datasets
from benchmarks.interventions import INTERVENTIONS, NEUTRALISED, ORIGINAL
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.metrics import Predictions, bootstrap_interval

if TYPE_CHECKING:
    from musicregion.evaluation.holdout import HoldoutResult

TABLE = RESULTS / "shortcuts.json"
FOLDS, SONGS, SECONDS = 5, 100, 20
TRAINED = {"trained on excerpts": ORIGINAL, "trained on neutralised": NEUTRALISED}


def rows_of(data: Dataset, songs: np.ndarray) -> np.ndarray:
    """Rows of some songs, int [n]."""
    return np.flatnonzero(np.isin(data.songs, songs))


def predict_fold(
    data: Dataset, excerpts: dict[str, Dataset], settings: Params, fold: int
) -> dict[str, Predictions]:
    """Predictions for a fold's songs: of "model", of each intervention and of TRAINED."""
    from musicregion.evaluation import holdout
    from musicregion.evaluation.crossvalidation import assign_segment_folds

    folds = assign_segment_folds(data, FOLDS, settings.split.seed)
    validation = (fold + 1) % FOLDS
    songs = [
        np.unique(data.songs[mask])
        for mask in (
            (folds >= 0) & (folds != fold) & (folds != validation),
            folds == validation,
            folds == fold,
        )
    ]

    def evaluate(dataset: Dataset) -> "HoldoutResult":
        parts = (rows_of(dataset, names) for names in songs)
        return holdout.evaluate_holdout(dataset, *parts, settings, lambda epoch, metrics: None)

    result = evaluate(data)
    predictions = {"model": result.test["song"]}
    for what, dataset in excerpts.items():
        if what != NEUTRALISED:
            rows = rows_of(dataset, songs[-1])
            predictions[what] = holdout.predict_rows(result.model, dataset, rows)["song"]
    for what, intervention in TRAINED.items():
        predictions[what] = evaluate(excerpts[intervention]).test["song"]
    return predictions


def join(parts: list[Predictions]) -> Predictions:
    """Predictions of all folds, sorted by song."""
    arrays = [
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("actual", "probabilities", "songs", "groups")
    ]
    order = np.argsort(arrays[2])
    return Predictions(*(array[order] for array in arrays))


def score(what: str, predictions: Predictions, original: Predictions, seed: int) -> dict:
    """A row of the table. original: of excerpts as they are, by the same model."""
    low, high = bootstrap_interval(predictions.correct, predictions.groups, seed)
    changed = float((predictions.predicted != original.predicted).mean())
    row = {"accuracy": float(predictions.correct.mean()), "low": low, "high": high}
    row |= {"changed": changed} if what in INTERVENTIONS else {}
    return {"what": what} | {name: round(value, 4) for name, value in row.items()}


def measure(settings: Params) -> list[dict]:
    """All rows of a corpus, kind of features and model."""
    from tqdm import tqdm

    from musicregion.dataset import loading
    from musicregion.evaluation import shortcuts
    from musicregion.storage import tables

    data = loading.load_dataset(settings.kinds).only("train", "validation", "test")
    songs = np.random.default_rng(settings.split.seed).permutation(np.unique(data.songs))[:SONGS]
    features = all_excerpt_features(settings, SECONDS, sorted(songs.tolist()))
    excerpts = excerpt_datasets(data, features)
    folds = [
        predict_fold(data, excerpts, settings, fold) for fold in tqdm(range(FOLDS), unit="fold")
    ]
    seed = settings.train.seed
    table = shortcuts.nuisances_of_songs(data, tables.NUISANCES.read())
    rows = shortcuts.baseline_rows(table, [fold["model"] for fold in folds], seed)
    predictions = {what: join([fold[what] for fold in folds]) for what in folds[0]}
    original = predictions[ORIGINAL]
    rows += [
        score(what, each, original, seed) for what, each in predictions.items() if what != "model"
    ]
    return rows


def main() -> None:
    settings = params.load_for_command(__doc__)
    setup = {"corpus": settings.corpus, "features": settings.features, "model": settings.model}
    rows = [setup | row for row in measure(settings)]
    others = [row for row in read_rows(TABLE) if not setup.items() <= row.items()]
    write_json(TABLE, others + rows)
    print_table(
        ["", "accuracy", "95 % interval", "changed"],
        [
            (
                row["what"],
                f"{row['accuracy']:.3f}",
                f"{row['low']:.2f} to {row['high']:.2f}",
                f"{row['changed']:.2f}" if "changed" in row else "",
            )
            for row in rows
        ],
    )
    print_source("shortcuts", TABLE)


if __name__ == "__main__":
    run(main)
