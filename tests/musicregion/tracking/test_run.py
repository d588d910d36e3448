import shutil

import mlflow
import pytest

from app import send_runs
from musicregion.errors import TrackingError
from musicregion.tracking import store, unsent
from musicregion.tracking.run import create_run, open_run

MODEL = """
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


class Model(PythonModel):
    def predict(self, context, model_input: list[int]) -> list[str]:
        return ["Coast"] * len(model_input)


set_model(Model())
"""
DATASET = {"name": "folk mfcc", "digest": "0123", "source_type": "local", "source": "{}"}


@pytest.fixture
def new(tmp_path, monkeypatch):
    """new(label): creates a run in a store of the test's own."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    experiment = store.prepare_experiment("folk")
    return lambda label="a run": create_run(experiment, label, {"md5 data": "0"})


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "curves.png").write_bytes(b"a picture")
    return folder


@pytest.fixture
def saved(tmp_path):
    """A model as mlflow.pyfunc.save_model writes it."""
    code = tmp_path / "model.py"
    code.write_text(MODEL)
    mlflow.pyfunc.save_model(tmp_path / "saved", python_model=str(code), pip_requirements=[])
    return tmp_path / "saved"


def gone(*_, **__):
    raise ConnectionError("the server is gone")


def test_a_run_that_breaks_is_marked_as_failed(new):
    with pytest.raises(ZeroDivisionError), open_run(new()):
        raise ZeroDivisionError
    (run,) = mlflow.search_runs(experiment_names=["folk"], output_format="list")
    assert run.info.status == "FAILED"
    assert run.data.tags["md5 data"] == "0"


def test_a_run_that_is_interrupted_by_hand_does_not_stay_open(new):
    with pytest.raises(KeyboardInterrupt), open_run(new()):
        raise KeyboardInterrupt
    (run,) = mlflow.search_runs(experiment_names=["folk"], output_format="list")
    assert run.info.status == "FAILED"


@pytest.mark.parametrize(
    "lost",
    [
        *("log_batch", "log_artifacts", "set_terminated", "log_inputs"),
        *("create_logged_model", "log_model_artifacts", "finalize_logged_model"),
    ],
)
def test_what_the_server_does_not_receive_is_stored_and_sent(
    new, pictures, saved, monkeypatch, capsys, lost
):
    record = new()
    with monkeypatch.context() as broken:
        broken.setattr(f"mlflow.MlflowClient.{lost}", gone)
        with open_run(record):
            record.log_params({"model": "cnn"})
            for epoch in (1, 2, 3):
                record.log_metrics({"loss": 1 / epoch}, epoch)
            record.log_dataset(DATASET, "training")
            record.log_model(saved, "cnn-mfcc-folk", {"model": "cnn"})
            record.log_model_metrics({"test/song/accuracy": 0.5}, DATASET)
            record.log_artifacts(pictures, "results")
            shutil.rmtree(saved)
    output = capsys.readouterr().err
    assert "the server is gone" in output
    assert "musicregion send" in output
    send_runs.main([])
    assert "1 runs are with" in capsys.readouterr().out
    run = record.client.get_run(record.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {"model": "cnn"}
    history = record.client.get_metric_history(record.run_id, "loss")
    assert [(metric.step, metric.value) for metric in history] == [(1, 1), (2, 0.5), (3, 1 / 3)]
    assert run.data.metrics["test/song/accuracy"] == 0.5
    assert run.inputs.dataset_inputs[0].dataset.name == "folk mfcc"
    (model,) = record.client.search_logged_models([run.info.experiment_id])
    assert (model.name, model.status, model.params) == ("cnn-mfcc-folk", "READY", {"model": "cnn"})
    assert [metric.value for metric in model.metrics] == [0.5]
    assert [output.model_id for output in run.outputs.model_outputs] == [model.model_id]
    loaded = mlflow.pyfunc.load_model(f"runs:/{record.run_id}/cnn-mfcc-folk")
    assert (loaded.predict([1]), loaded.metadata.run_id) == (["Coast"], record.run_id)
    (file,) = record.client.list_artifacts(record.run_id, "results")
    assert file.path == "results/curves.png"
    send_runs.main([])
    assert "nothing is waiting" in capsys.readouterr().out


def test_a_server_that_comes_back_in_time_gets_the_rest_at_the_end(new, monkeypatch):
    record = new()
    with open_run(record):
        with monkeypatch.context() as broken:
            broken.setattr("mlflow.MlflowClient.log_batch", gone)
            record.log_metrics({"loss": 1}, 1)
        record.log_metrics({"loss": 0.5}, 2)
    assert len(record.client.get_metric_history(record.run_id, "loss")) == 2
    assert not record.unsent.exists()


def test_a_trial_that_starts_without_a_server_is_created_afterwards(new, monkeypatch):
    parent = new()
    with monkeypatch.context() as broken:
        broken.setattr("mlflow.MlflowClient.create_run", gone)
        broken.setattr("mlflow.MlflowClient.log_batch", gone)
        record = create_run("1", "trial 3", {}, parent.run_id)
        with open_run(record):
            record.log_metrics({"value": 0.5})
    send_runs.main([])
    runs = mlflow.search_runs(experiment_names=["folk"], output_format="list")
    (trial,) = [run for run in runs if run.info.run_name == "trial 3"]
    assert trial.data.tags["mlflow.parentRunId"] == parent.run_id
    assert trial.data.metrics == {"value": 0.5}


def test_the_run_of_a_killed_process_is_sent_as_killed(new, monkeypatch):
    record = new()
    with monkeypatch.context() as broken:
        broken.setattr("mlflow.MlflowClient.log_batch", gone)
        record.log_metrics({"loss": 1}, 1)
    with (record.unsent / unsent.JOURNAL).open("a") as file:
        file.write('\n{"kind": "metr')  # incomplete after a crash
    send_runs.main([])
    assert record.client.get_run(record.run_id).info.status == "KILLED"


def test_training_does_not_start_without_its_server(monkeypatch, tmp_path):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(TrackingError, match="Nothing was trained"):
        store.prepare_experiment("folk")
