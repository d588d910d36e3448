"""The MLflow store that every run of this repository goes to, and what tells runs apart."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

from musicregion.errors import TrackingError


def tracking_folder() -> Path:
    """mlruns/ of the repository.

    DVC runs some experiments in a throw-away copy and names the real repository in DVC_ROOT; a
    store in the copy would be deleted with it.
    """
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / "mlruns"


def unsent_folder() -> Path:
    """What a server could not take, a folder for each run; see tracking.unsent."""
    return tracking_folder() / "unsent"


def tracking_uri() -> str:
    """The tracking URI: MLFLOW_TRACKING_URI, or else SQLite in mlruns/."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{tracking_folder() / 'mlflow.db'}"


def connect() -> None:
    """Name the store to MLflow."""
    # a server that is gone is noticed within seconds, or training would wait for it for minutes
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    mlflow.set_tracking_uri(tracking_uri())


def prepare_experiment(experiment: str) -> str:
    """Connect to the store, make it and the experiment where they are missing; the experiment's id.

    One process at a time: of several that create the same SQLite file, all but one fail.

    Raises:
        TrackingError: the store cannot be used.
    """
    connect()
    import mlflow
    from filelock import FileLock

    tracking_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(tracking_folder() / "lock"):
        try:
            return _experiment(experiment)
        except mlflow.MlflowException as error:
            reason = str(error).strip().splitlines()[0]
            advice = "Start the server"
            if "error code 401" in reason:
                advice = "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to your own"
            raise TrackingError(
                f"MLflow's store {tracking_uri()} cannot be used: {reason}. Nothing was trained. "
                f"{advice}, or unset MLFLOW_TRACKING_URI for the store in mlruns/."
            ) from None


def _experiment(experiment: str) -> str:
    import mlflow

    known = mlflow.get_experiment_by_name(experiment)
    if known:
        if known.lifecycle_stage == "deleted":
            mlflow.MlflowClient().restore_experiment(known.experiment_id)
        return known.experiment_id
    # absolute, or else artifacts are looked for below whatever folder a run started in
    own = (
        None
        if os.environ.get("MLFLOW_TRACKING_URI")
        else (tracking_folder() / "artifacts").as_uri()
    )
    kind = {"mlflow.experimentKind": "custom_model_development"}  # the UI's "Model training"
    try:
        return mlflow.create_experiment(experiment, artifact_location=own, tags=kind)
    except mlflow.MlflowException:
        known = mlflow.get_experiment_by_name(experiment)  # another computer was faster
        if not known:
            raise
        return known.experiment_id


def git_commit() -> str:
    """The commit that is checked out, with + where tracked files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def params_digest(params: dict) -> str:
    """A short hash that two runs share if and only if their params are the same."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:12]


def run_tags(params: dict, fingerprints: dict[str, str]) -> dict[str, str]:
    """What tells runs apart.

    MLflow's own git tag is the baseline for every DVC experiment, so these are set here.
    """
    found = {
        "git.commit": git_commit(),
        "params.hash": params_digest(params),
        "dataset.md5": params_digest(fingerprints),
    }
    found |= {f"md5 {path}": value for path, value in fingerprints.items()}
    name = os.environ.get("DVC_EXP_NAME")
    return found | {"dvc.experiment": name} if name else found
