"""What a training leaves in MLflow: logged when it ends, or later from what DVC holds."""

import json
from pathlib import Path
from typing import Any

from musicregion.config.flatten import flatten
from musicregion.storage import checksums, paths
from musicregion.tracking import logged_model, notes
from musicregion.tracking.tracked_run import TrackedRun

STAGE = "stage"  # tag: the stage that made a run
# tags that two runs share if and only if they are records of one result
IDENTITY = ("params.hash", "dataset.md5", "result.md5")
CONTEXT = "training, validation, test"


def describe_dataset(params: dict[str, Any], digest: str) -> dict[str, str]:
    """The dataset of a training, as MLflow shows it. params: by dotted key."""
    files = {"corpus": f"corpora/{params['corpus']}.yaml"}
    files["uri"] = paths.FEATURES.as_posix()
    files |= {"segments": paths.SEGMENTS.as_posix(), "splits": paths.SPLITS.as_posix()}
    return {
        "name": f"{params['corpus']} {params['features']}",
        "digest": digest,
        "source_type": "local",
        "source": json.dumps(files),
    }


def log_start(run: TrackedRun, params: dict[str, Any], dataset: str) -> None:
    """Log what is known before the training. dataset: the digest of its files."""
    run.log_params(params)
    run.log_dataset(describe_dataset(params, dataset), CONTEXT)


def log_end(
    run: TrackedRun,
    params: dict[str, Any],
    dataset: str,
    metrics: dict[str, Any],
    results: Path,
    note: str,
) -> None:
    """Log what is known after it; the model must have been logged.

    metrics: nested; results: the folder of the training's files.
    """
    values = flatten(metrics, "/")
    run.log_model_metrics(values, describe_dataset(params, dataset))
    run.log_artifacts(results, "results")
    digest = checksums.md5(results / paths.PREDICTIONS.name)
    run.set_tags({notes.NOTE: note, "result.md5": digest})


def log_trained_model(
    run: TrackedRun, models: Path, params: dict[str, Any], code: Path = logged_model.CODE
) -> None:
    """Log the model in a folder; code: as of logged_model.saved_model."""
    regions = json.loads((models / paths.CARD).read_text())["regions"]
    with logged_model.saved_model(models, regions, params, code) as folder:
        run.log_model(folder, logged_model.model_name(params), params)
