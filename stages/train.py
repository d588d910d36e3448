"""`python -m stages.train`: the chosen model → models/, results/ and one MLflow run.

With evaluate.folds also cross-validates the chosen model; the model that is kept is the same.
"""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stages import params, tables, tune
from stages.download import SONGS
from stages.fingerprint import GROUPS
from stages.params import Params

if TYPE_CHECKING:
    from stages.assessment import Assessment
    from stages.crossvalidation import Fold
    from stages.dataset import Dataset

MODELS = Path("models")
CARD = MODELS / "card.json"


def card(found: "Assessment", data: "Dataset", chosen: dict, metrics: dict) -> str:
    """What a user of the model must know beside its weights, as JSON."""
    test = metrics["test"]["song"]
    names = ("accuracy", "accuracy_low", "accuracy_high", "majority_accuracy")
    facts = {
        "regions": data.regions,
        "params": chosen,
        "temperature": found.temperature,
        "threshold": found.threshold,
        "test": {name: test[name] for name in names} | {"songs": len(found.test["song"].songs)},
    }
    return json.dumps(facts, indent=2, sort_keys=True) + "\n"


def keep(found: "Assessment", facts: str, settings: Params) -> None:
    """Write models/: the model as it was trained, the same for answers in a hurry, and its card."""
    from stages import export

    shutil.rmtree(MODELS, ignore_errors=True)  # another kind of model has another file
    found.model.save(MODELS)
    found.model.export(MODELS)
    if settings.features == "musicnn":
        export.listener(settings.musicnn.networks, MODELS / export.PATCHES)
    CARD.write_text(facts)


def by_recording(data: "Dataset") -> "Dataset":
    """The data with copies of a recording as groups, whatever split.group says."""
    groups = tables.read(GROUPS, tables.GROUPS).set_index("song")["group"]
    return replace(data, groups=groups[data.songs].to_numpy(str))


def folds(data: "Dataset", settings: Params, label: str) -> "list[Fold]":
    """Cross-validate, with a progress bar."""
    from tqdm import tqdm

    from stages import crossvalidation

    total = settings.evaluate.folds * settings.evaluate.repeats
    return list(tqdm(crossvalidation.cross_validate(data, settings), label, total, unit="fold"))


def evaluate(data: "Dataset", settings: Params) -> "tuple[list[Fold], dict]":
    """Cross-validate as evaluate: says; the folds and what metrics.json says of them.

    Where albums are kept together, also with recordings alone: the fall is what albums give away.
    """
    from tqdm import tqdm

    from stages import crossvalidation, unknown

    if not settings.evaluate.folds:
        return [], {}
    seed = settings.train.seed
    found = folds(data, settings, "folds")
    metrics = {
        "folds": {unit: crossvalidation.summary(found, unit, seed) for unit in ("song", "segment")}
    }
    if settings.split.group != "recording":
        loose = folds(by_recording(data), settings, "folds by recording")
        song = crossvalidation.summary(loose, "song", seed)
        fall = song["accuracy"] - metrics["folds"]["song"]["accuracy"]
        metrics["folds_by_recording"] = {"song": song, "fall": fall}
    if not len(data.rows("unknown")) and len(data.regions) > 2:
        each = unknown.leave_one_out(data, settings)
        scores = dict(tqdm(each, "leave one out", len(data.regions), unit="region"))
        mean = sum(scores.values()) / len(scores)
        metrics["leave_one_region_out"] = {"auroc": mean} | scores
    return found, metrics


def main() -> None:
    settings = tune.best(params.from_command(__doc__))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from tqdm import tqdm

    from stages import (
        assessment,
        crossvalidation,
        dataset,
        logged_model,
        models,
        record,
        report,
        suspects,
        tracking,
        unknown,
    )

    data = dataset.load(settings.features)
    crossvalidation.enough(data, settings)
    chosen = settings.chosen()
    tags = tracking.tags(chosen, dataset.fingerprints(settings.features))
    label = f"{settings.model} {settings.features} {tags.get('dvc.experiment', '')}".strip()
    run = record.created(tracking.prepare(settings.corpus), label, tags)
    with record.opened(run):
        run.params(chosen)
        epochs = settings.train.epochs if models.has_epochs(settings.model) else 1
        with tqdm(desc=f"train {settings.model}", total=epochs, unit="epoch") as bar:

            def on_epoch(epoch: int, metrics: dict) -> None:
                run.metrics(metrics, epoch)
                bar.update()
                bar.set_postfix(accuracy=metrics["accuracy"], validation=metrics["val_accuracy"])

            rows = (data.rows(part) for part in ("train", "validation", "test"))
            found = assessment.assess(data, *rows, settings, on_epoch)
        metrics = report.measure(data, found, settings.train.seed)
        keep(found, card(found, data, chosen, metrics), settings)
        logged_model.log(MODELS, data.regions, settings.segment, run)
        metrics["unknown"] = unknown.listed(data, found)
        judged, more = evaluate(data, settings)
        metrics |= more
        report.write(data, found, judged, metrics, settings)
        songs = tables.read(SONGS, tables.SONGS)
        suspects.suspects(report.predictions(data, found, judged), songs).to_csv(
            report.FOLDER / "suspects.csv", index=False
        )
        run.metrics(report.flat(metrics))
        run.artifacts(report.FOLDER, "results")
    print(report.sentence(metrics, data))


if __name__ == "__main__":
    main()
