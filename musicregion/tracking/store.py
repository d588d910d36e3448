"""The MLflow store that every run of this repository goes to, and the tags that identify a run."""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from musicregion.config.committed import git
from musicregion.errors import TrackingError


def tracking_folder() -> Path:
    """mlruns/ of the repository.

    DVC runs some experiments in a throw-away copy and names the real repository in DVC_ROOT; a
    store in the copy would be deleted with it.
    """
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / "mlruns"


def unsent_folder() -> Path:
    """Entries that a server did not receive, a folder for each run; see tracking.unsent."""
    return tracking_folder() / "unsent"


def tracking_uri() -> str:
    """The tracking URI: MLFLOW_TRACKING_URI, or else SQLite in mlruns/."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{tracking_folder() / 'mlflow.db'}"


def connect() -> None:
    """Point MLflow to the store."""
    # by default MLflow retries for minutes if the server is down, and training would wait
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    # says that it creates tables, above the progress bar of a first training
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    mlflow.set_tracking_uri(tracking_uri())


def prepare_experiment(experiment: str) -> str:
    """Connect to the store, create it and the experiment if need be; returns the experiment's id.

    One process at a time: if several create the same SQLite file, all but one fail.

    Raises:
        TrackingError: the store cannot be used.
    """
    connect()
    import mlflow
    from filelock import FileLock

    tracking_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(tracking_folder() / "lock"):
        try:
            return _find_or_create(experiment)
        except mlflow.MlflowException as error:
            reason = str(error).strip().splitlines()[0]
            advice = "Start the server"
            if "error code 401" in reason:
                advice = "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to your own"
            raise TrackingError(
                f"MLflow's store {tracking_uri()} cannot be used: {reason}. Nothing was trained. "
                f"{advice}, or unset MLFLOW_TRACKING_URI for the store in mlruns/."
            ) from None


def _find_or_create(name: str) -> str:
    import mlflow

    experiment = mlflow.get_experiment_by_name(name)
    if experiment:
        if experiment.lifecycle_stage == "deleted":
            mlflow.MlflowClient().restore_experiment(experiment.experiment_id)
        return experiment.experiment_id
    # absolute: a relative one would depend on the folder that a run is started in
    location = (
        None
        if os.environ.get("MLFLOW_TRACKING_URI")
        else (tracking_folder() / "artifacts").as_uri()
    )
    kind = {"mlflow.experimentKind": "custom_model_development"}  # the UI's "Model training"
    try:
        return mlflow.create_experiment(name, artifact_location=location, tags=kind)
    except mlflow.MlflowException:
        experiment = mlflow.get_experiment_by_name(name)  # another machine was faster
        if not experiment:
            raise
        return experiment.experiment_id


def git_commit() -> str:
    """The commit that is checked out, with + if tracked files differ from it."""
    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def params_digest(params: Mapping[str, object]) -> str:
    """A short hash that two runs share if and only if their params are the same."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:12]


def run_tags(params: Mapping[str, object], fingerprints: dict[str, str]) -> dict[str, str]:
    """Tags that identify a run's code, params and data.

    fingerprints: MD5 of each input file, by its path.

    MLflow's own git tag is the baseline for every DVC experiment, so these are set here.
    """
    tags = {
        "git.commit": git_commit(),
        "params.hash": params_digest(params),
        "dataset.md5": params_digest(fingerprints),
    }
    tags |= {f"md5 {path}": value for path, value in fingerprints.items()}
    name = os.environ.get("DVC_EXP_NAME")
    return tags | {"dvc.experiment": name} if name else tags
