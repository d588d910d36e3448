"""One experiment: trains and evaluates the chosen model, recorded as one MLflow run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.dataset import loading
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import (
    crossvalidation,
    fold_metrics,
    holdout,
    label_errors,
    open_set,
    prediction_table,
    report,
    report_file,
    shortcuts,
)
from musicregion.evaluation.model_card import model_card
from musicregion.evaluation.model_folder import write_model_folder
from musicregion.models import registry
from musicregion.models.base import OnEpoch
from musicregion.models.training_songs import fit_training_songs
from musicregion.storage import tables
from musicregion.storage.paths import MODELS, RESULTS, SHORTCUTS, SUSPECTS
from musicregion.tracking import metric_names, notes, store, training_record
from musicregion.tracking.run import create_run, open_run
from musicregion.tracking.system_metrics import log_system_metrics
from musicregion.tracking.tracked_run import TrackedRun


@contextmanager
def log_epochs(run: TrackedRun, settings: Params) -> Iterator[OnEpoch]:
    """A callback for the time of the block: logs each epoch to the run and the progress bar.

    It also rewrites history.csv, so that DVC's plots can be drawn while training goes on.
    """
    import pandas as pd
    from tqdm import tqdm

    epochs = settings.train.epochs if registry.has_epochs(settings.model) else 1
    history: list[dict[str, float]] = []
    with tqdm(desc=f"train {settings.model}", total=epochs, unit="epoch") as bar:

        def on_epoch(epoch: int, metrics: dict[str, float]) -> None:
            run.log_metrics(metric_names.epoch_metrics(metrics), epoch)
            history.append({"epoch": epoch, **metrics})
            report.write_history(pd.DataFrame(history))
            bar.update()
            bar.set_postfix(accuracy=metrics["accuracy"], validation=metrics["val_accuracy"])

        yield on_epoch


def run_experiment(data: Dataset, settings: Params) -> str:
    """Train, evaluate, and write models/ and results/; returns the result in sentences.

    With evaluate.folds the model is also cross-validated; the model that is saved is the same.

    Raises:
        NotEnoughData: a region has fewer groups of songs than evaluate.folds.
        TrackingError: MLflow's store cannot be used.
        TrainingError: the training failed.
    """
    crossvalidation.require_songs_per_fold(data, settings)
    run_params = settings.training_params()
    tags = store.run_tags(run_params, loading.dataset_checksums())
    label = f"{settings.model} {settings.features} {tags.get('dvc.experiment', '')}".strip()
    tags[training_record.STAGE] = "train"
    run = create_run(store.prepare_experiment(settings.corpus), label, tags)
    with open_run(run), log_system_metrics(run):
        training_record.log_start(run, run_params, tags["dataset.md5"])
        train, validation, test = (data.rows(part) for part in ("train", "validation", "test"))
        with log_epochs(run, settings) as on_epoch:
            result = holdout.evaluate_holdout(data, train, validation, test, settings, on_epoch)
        assert result.model is not None  # only cross-validation drops it
        metrics = report.measure_holdout(data, result, settings.train.seed)
        titles = tables.SONGS.read().set_index("song")["title"].to_dict()
        songs = fit_training_songs(data, data.rows("train", "validation"), titles)
        card = model_card(result, data, run_params, metrics)
        write_model_folder(result.model, songs, card, settings, MODELS)
        training_record.log_trained_model(run, MODELS, run_params)
        metrics["unknown"] = open_set.score_unknown_songs(
            data, songs, settings.evaluate.false_rejections
        )
        folds, entries = fold_metrics.evaluate_folds(data, settings)
        metrics |= entries
        tests = [fold.result.test["song"] for fold in folds] or [result.test["song"]]
        facts = shortcuts.find_shortcuts(data, tests, tables.NUISANCES.read(), settings.train.seed)
        metrics["shortcuts"] = {row["what"]: row["accuracy"] for row in facts["rows"]}
        report.write_results(data, result, folds, metrics, settings)
        SHORTCUTS.write_text(json.dumps(facts, indent=2) + "\n")
        predictions = prediction_table.all_predictions(data, result, folds)
        songs_to_ask = label_errors.undecided(tables.SONGS.read(), corpus.load(settings.corpus))
        suspects = label_errors.find_suspects(predictions, songs_to_ask)
        suspects.to_csv(SUSPECTS, index=False)
        report_file.write_report(
            data, result, folds, metrics, settings, facts, predictions, suspects, songs
        )
        sentence = report.describe_result(metrics, *report.count_songs(data))
        sentence += f"\n{shortcuts.headline(facts)}"
        note = notes.run_note(sentence, notes.commands_now())
        training_record.log_end(run, run_params, tags["dataset.md5"], metrics, RESULTS, note)
    return sentence
