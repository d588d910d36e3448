"""How MLflow's server receives the entries of a run: at once, or later (tracking.unsent).

An entry may be sent twice, as a server can fail after it has stored something: a metric is
identified by its name, step and time, a model by its run.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModel,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunTag,
)
from mlflow.models import Model
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT


def send_metrics(client: MlflowClient, run: str, *rows: tuple) -> None:
    """rows: (name, value, milliseconds, step)."""
    client.log_batch(run, [Metric(*row) for row in rows])


def send_params(client: MlflowClient, run: str, values: dict[str, object]) -> None:
    """values: by dotted key."""
    client.log_batch(run, params=[Param(name, str(value)) for name, value in values.items()])


def send_tags(client: MlflowClient, run: str, values: dict[str, object]) -> None:
    """values: by name."""
    client.log_batch(run, tags=[RunTag(name, str(value)) for name, value in values.items()])


def send_dataset(client: MlflowClient, run: str, dataset: dict[str, str], context: str) -> None:
    """dataset: of mlflow.entities.Dataset; context: what the run used it for."""
    tags = [InputTag(MLFLOW_DATASET_CONTEXT, context)]
    client.log_inputs(run, [DatasetInput(Dataset(**dataset), tags)])


def model_of_run(client: MlflowClient, run: str) -> LoggedModel | None:
    """The model that was logged to a run."""
    experiment = client.get_run(run).info.experiment_id
    models = client.search_logged_models([experiment], f"source_run_id = '{run}'")
    return models[0] if models else None


def send_model(
    client: MlflowClient, run: str, folder: str, name: str, params: dict[str, Any]
) -> None:
    """Log a model that mlflow.pyfunc.save_model has written into a folder.

    Not mlflow.pyfunc.log_model, which saves and sends at once: what was saved while the server was
    away could then not be sent as a model.

    name: of the model; params: that it was trained with, by dotted key.
    """
    described = client.get_run(run)
    model = model_of_run(client, run) or client.create_logged_model(
        described.info.experiment_id,
        name,
        run,
        params={key: str(value) for key, value in params.items()},
        model_type="classifier",
    )
    if model.status == LoggedModelStatus.READY:
        return
    if not described.outputs or not described.outputs.model_outputs:
        client.log_outputs(run, [LoggedModelOutput(model.model_id, step=0)])
    card = Model.load(folder)
    card.run_id, card.model_id, card.model_uuid = run, model.model_id, model.model_id
    card.artifact_path = model.artifact_location
    card.save(str(Path(folder, "MLmodel")))
    client.log_model_artifacts(model.model_id, folder)
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)


def send_model_metrics(
    client: MlflowClient, run: str, dataset: dict[str, str], *rows: tuple
) -> None:
    """Metrics of the run's model on a dataset; rows: as of send_metrics."""
    model = model_of_run(client, run)
    about: dict[str, Any] = {"model_id": model.model_id if model else None, "run_id": run}
    about |= {"dataset_name": dataset["name"], "dataset_digest": dataset["digest"]}
    client.log_batch(run, [Metric(*row, **about) for row in rows])


def send_artifacts(client: MlflowClient, run: str, folder: str, artifact_path: str) -> None:
    """Upload a folder's files to `artifact_path` of the run."""
    client.log_artifacts(run, folder, artifact_path)


def send_end(client: MlflowClient, run: str, status: str, milliseconds: int) -> None:
    """End the run with a status of MLflow's."""
    client.set_terminated(run, status, milliseconds)


SEND: dict[str, Callable[..., None]] = {  # by kind of entry
    "metrics": send_metrics,
    "params": send_params,
    "tags": send_tags,
    "dataset": send_dataset,
    "model": send_model,
    "model metrics": send_model_metrics,
    "artifacts": send_artifacts,
    "end": send_end,
}
