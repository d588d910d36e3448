"""`python -m stages.train`: the chosen model → models/, results/ and one MLflow run.

With evaluate.folds also cross-validates the chosen model; the model that is kept is the same.
"""

import os

from musicregion.command import run
from musicregion.config import params
from musicregion.evaluation.fold_metrics import evaluate_folds
from musicregion.evaluation.model_card import model_card
from musicregion.models.model_folder import write_model_folder
from musicregion.storage import tables
from musicregion.storage.paths import MODELS
from musicregion.tuning import best


def main() -> None:
    settings = best.with_best_params(params.load_for_command(__doc__))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from tqdm import tqdm

    from musicregion.dataset import dataset
    from musicregion.evaluation import (
        crossvalidation,
        holdout,
        label_errors,
        open_set,
        prediction_table,
        report,
    )
    from musicregion.models import registry
    from musicregion.storage import paths
    from musicregion.tracking import logged_model, store
    from musicregion.tracking.run import create_run, open_run

    data = dataset.load_dataset(settings.features)
    crossvalidation.require_songs_per_fold(data, settings)
    chosen = settings.training_params()
    tags = store.run_tags(chosen, dataset.dataset_checksums(settings.features))
    label = f"{settings.model} {settings.features} {tags.get('dvc.experiment', '')}".strip()
    run = create_run(store.prepare_experiment(settings.corpus), label, tags)
    with open_run(run):
        run.log_params(chosen)
        epochs = settings.train.epochs if registry.has_epochs(settings.model) else 1
        with tqdm(desc=f"train {settings.model}", total=epochs, unit="epoch") as bar:

            def on_epoch(epoch: int, metrics: dict) -> None:
                run.log_metrics(metrics, epoch)
                bar.update()
                bar.set_postfix(accuracy=metrics["accuracy"], validation=metrics["val_accuracy"])

            rows = (data.rows(part) for part in ("train", "validation", "test"))
            found = holdout.evaluate_holdout(data, *rows, settings, on_epoch)
        metrics = report.measure_holdout(data, found, settings.train.seed)
        card = model_card(found, data, chosen, metrics)
        write_model_folder(found.model, card, settings, MODELS)
        logged_model.log_model(MODELS, data.regions, settings.segment, run)
        metrics["unknown"] = open_set.score_unknown_songs(data, found)
        judged, more = evaluate_folds(data, settings)
        metrics |= more
        report.write_results(data, found, judged, metrics, settings)
        songs = tables.SONGS.read()
        label_errors.find_suspects(
            prediction_table.all_predictions(data, found, judged), songs
        ).to_csv(paths.RESULTS / "suspects.csv", index=False)
        run.log_metrics(report.flatten_metrics(metrics))
        run.log_artifacts(paths.RESULTS, "results")
    print(report.describe_result(metrics, data))


if __name__ == "__main__":
    run(main)
