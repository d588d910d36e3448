"""`python -m stages.tracking` prints the MLflow store that every run of this repository goes to."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stages.classifier import Classifier
    from stages.dataset import Dataset


def folder() -> Path:
    """mlruns/ of the repository.

    DVC runs some experiments in a throw-away copy and names the real repository in DVC_ROOT; a
    store in the copy would be deleted with it.
    """
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / "mlruns"


def store() -> str:
    """The tracking URI: MLFLOW_TRACKING_URI, or else SQLite in mlruns/."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{folder() / 'mlflow.db'}"


def prepare(experiment: str) -> str:
    """Connect to the store, make it and the experiment where they are missing; the experiment's id.

    One process at a time: of several that create the same SQLite file, all but one fail.
    """
    import mlflow
    from filelock import FileLock

    mlflow.set_tracking_uri(store())
    folder().mkdir(parents=True, exist_ok=True)
    with FileLock(folder() / "lock"):
        known = mlflow.get_experiment_by_name(experiment)
        if known:
            if known.lifecycle_stage == "deleted":
                mlflow.MlflowClient().restore_experiment(known.experiment_id)
            return known.experiment_id
        # absolute, or else artifacts are looked for below whatever folder a run started in
        own = None if os.environ.get("MLFLOW_TRACKING_URI") else (folder() / "artifacts").as_uri()
        kind = {"mlflow.experimentKind": "custom_model_development"}  # the UI's "Model training"
        return mlflow.create_experiment(experiment, artifact_location=own, tags=kind)


def commit() -> str:
    """The commit that is checked out, with + where tracked files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def digest(params: dict) -> str:
    """A short hash that two runs share if and only if their params are the same."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:12]


def tags(params: dict, fingerprints: dict[str, str]) -> dict[str, str]:
    """What tells runs apart.

    MLflow's own git tag is the baseline for every DVC experiment, so these are set here.
    """
    found = {
        "git.commit": commit(),
        "params.hash": digest(params),
        "dataset.md5": digest(fingerprints),
    }
    found |= {f"md5 {path}": value for path, value in fingerprints.items()}
    name = os.environ.get("DVC_EXP_NAME")
    return found | {"dvc.experiment": name} if name else found


@contextmanager
def run(experiment: str, params: dict, fingerprints: dict[str, str]) -> Iterator[str]:
    """One MLflow run, open for the time of the block; yields its id.

    A block that raises leaves the run marked as failed.
    """
    import mlflow

    own = tags(params, fingerprints)
    label = f"{params['model']} {params['features']} {own.get('dvc.experiment', '')}".strip()
    experiment_id = prepare(experiment)
    with mlflow.start_run(experiment_id=experiment_id, run_name=label, tags=own) as active:
        mlflow.log_params(params)
        yield active.info.run_id


def log_model(model: "Classifier", data: "Dataset", folder: Path) -> None:
    """Log a trained model to the open run, with the shape of its input and output.

    folder: where it was saved, which is logged as it is. A committee has no other form in MLflow.
    """
    import mlflow

    mlflow.log_artifacts(str(folder), "models")
    few = data.known()[:1]
    # packages are named, since guessing takes 8 s and guesses wrongly
    if not hasattr(model, "members"):
        signature = mlflow.models.infer_signature(data.features[few], model.segments(data, few))
        needs = ["tensorflow", "keras", "numpy"]
        mlflow.tensorflow.log_model(
            model.model, name="model", signature=signature, pip_requirements=needs
        )
    elif len(model.members) == 1:
        statistics = data.song_statistics[data.songs[few[0]]][None]
        estimator = model.members["song"]
        mlflow.sklearn.log_model(
            estimator,
            name="model",
            signature=mlflow.models.infer_signature(statistics, estimator.predict(statistics)),
            pip_requirements=["scikit-learn", "numpy"],
            serialization_format="skops",
        )


if __name__ == "__main__":
    print(store())
