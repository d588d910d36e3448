"""What a team shares, for real: servers that are started here, on loopback."""

import os
import subprocess
import sys
import time

import pytest
import soundfile
from mlflow import MlflowClient

from tests.conftest import RATE, command, environment, free_port, tone
from tests.prepared import prepared
from tests.servers import (
    KEYS,
    PASSWORD,
    bucket,
    kill,
    mlflow,
    needs_bucket,
    needs_postgres,
    needs_sshd,
    postgres,
    sshd,
)

pytestmark = pytest.mark.slow

TRAIN = [sys.executable, "-m", "stages.train"]
NETWORK = ["model=dense_deep", "train.epochs=30", "train.patience=30"]


def no_search(folder):
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results/best_params.yaml").write_text("{}\n")
    return folder


def losses(client, run):
    history = client.get_metric_history(run.info.run_id, "training/validation_loss")
    return [(metric.step, metric.value) for metric in history]


def runs(client):
    experiment = client.get_experiment_by_name("folk")
    return client.search_runs([experiment.experiment_id]) if experiment else []


def test_a_server_that_is_killed_in_mid_training_costs_nothing(tmp_path):
    project = no_search(prepared(tmp_path / "project", *NETWORK))
    port = free_port()
    where = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"}
    client = MlflowClient(where["MLFLOW_TRACKING_URI"])
    with mlflow(tmp_path, port) as server:
        training = subprocess.Popen(
            TRAIN, cwd=project, env=environment() | where, stderr=subprocess.PIPE, text=True
        )
        for _ in range(1200):
            if (found := runs(client)) and losses(client, found[0]):
                break
            time.sleep(0.05)
        kill(server)
        said = training.communicate(timeout=300)[1]
    assert training.returncode == 0, said
    assert "does not answer" in said
    assert "`musicregion send` sends it" in said
    with mlflow(tmp_path, port):
        assert len(losses(client, runs(client)[0])) < 30
        said = command("musicregion", "send", cwd=project, here=True, **where)
        assert "1 runs are with" in said
        (run,) = runs(client)
        assert run.info.status == "FINISHED"
        assert [step for step, _ in losses(client, run)] == list(range(1, 31))
        assert run.data.metrics["test/song/accuracy"] > 0.5
        files = {file.path for file in client.list_artifacts(run.info.run_id, "results")}
        assert {"results/metrics.json", "results/curves.png"} <= files
        (model,) = client.search_logged_models([run.info.experiment_id])
        assert (model.source_run_id, model.status) == (run.info.run_id, "READY")
        assert {metric.key for metric in model.metrics} >= {"test/song/accuracy"}
        assert run.inputs.dataset_inputs[0].dataset.name == "folk mfcc"
        assert "dvc exp run" in run.data.tags["mlflow.note.content"]
    assert not list((project / "mlruns/unsent").iterdir())


def test_without_its_server_training_does_not_begin(tmp_path):
    project = no_search(prepared(tmp_path / "project", "model=svm"))
    where = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{free_port()}"}
    said = command("stages.train", cwd=project, fails=True, here=True, **where)
    assert "Nothing was trained" in said
    assert "Traceback" not in said


@needs_postgres
@needs_bucket
def test_a_team_with_a_database_a_bucket_and_passwords(tmp_path, monkeypatch):
    """As docs/team.md sets it up: who works needs the server's address and a password alone."""
    project = no_search(prepared(tmp_path / "project", "model=svm"))
    port = free_port()
    where = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"}
    users = tmp_path / "users.ini"
    with postgres("mlflow", "users") as database, bucket("runs") as store:
        users.write_text(
            "[mlflow]\ndefault_permission = EDIT\n"
            f"database_uri = {database}/users\n"
            f"admin_username = admin\nadmin_password = {PASSWORD}\n"
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        )
        options = ["--backend-store-uri", f"{database}/mlflow"]
        options += ["--artifacts-destination", "s3://runs/mlflow", "--app-name", "basic-auth"]
        secrets = {"MLFLOW_AUTH_CONFIG_PATH": str(users), "MLFLOW_FLASK_SERVER_SECRET_KEY": "s"}
        secrets |= KEYS | {"MLFLOW_S3_ENDPOINT_URL": store}
        with mlflow(tmp_path, port, *options, **secrets):
            here = {"cwd": project, "here": True, **where}
            said = command("stages.train", fails=True, **here)
            assert "Nothing was trained" in said
            assert "MLFLOW_TRACKING_USERNAME" in said
            member = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": PASSWORD}
            command(*TRAIN, cwd=project, **where, **member)
            for name, value in member.items():
                monkeypatch.setenv(name, value)
            client = MlflowClient(where["MLFLOW_TRACKING_URI"])
            (run,) = runs(client)
            assert run.info.status == "FINISHED"
            assert run.info.artifact_uri.startswith("mlflow-artifacts:"), run.info.artifact_uri
            assert "curves.png" in str(client.list_artifacts(run.info.run_id, "results"))
            here |= member
            assert "is now version 1" in command("musicregion", "promote", **here)
            soundfile.write(project / "song.wav", tone(3), RATE)
            champion = ["--model", "models:/region@champion"]
            said = command("musicregion", "predict", "song.wav", *champion, **here)
            assert "song.wav: " in said


@needs_postgres
def test_two_computers_search_in_one_database(tmp_path):
    """Two copies of the repository; asked for eight trials, they share them."""
    changes = ["model=logistic", "tune.trials=8", "tune.pruner=none"]
    copies = [prepared(tmp_path / name, *changes) for name in ("one", "other")]
    port = free_port()
    with postgres("optuna") as database, mlflow(tmp_path, port):
        where = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"}
        where["OPTUNA_STORAGE"] = f"{database}/optuna"
        words = [sys.executable, "-m", "stages.tune"]
        both = [
            subprocess.Popen(words, cwd=copy, env=environment() | where, stderr=subprocess.PIPE)
            for copy in copies
        ]
        for process in both:
            said = process.communicate(timeout=200)[1].decode()
            assert process.returncode == 0, said
        found = runs(MlflowClient(where["MLFLOW_TRACKING_URI"]))
        trials = [run for run in found if "state" in run.data.tags]
        parents = {run.data.tags["mlflow.parentRunId"] for run in trials}
        assert 8 <= len(trials) <= 9  # both may take the last one
        assert len(parents) == 1
        assert len(found) == len(trials) + 1
    texts = {(copy / "results/best_params.yaml").read_text() for copy in copies}
    assert len(texts) == 1


def shared(project, tmp_path, *remote, **variables):
    """Push from one clone, pull in another; the other's data."""
    (project / "music").mkdir()
    (project / "music/song.txt").write_text("heard\n")
    command("dvc", "add", "-q", "music/song.txt", cwd=project)
    for number, (option, value) in enumerate(remote):
        if number == 0:
            command("dvc", "remote", "add", "-q", "-d", "shared", value, cwd=project)
        else:
            words = ["--local", "-q", "shared", option, value]
            command("dvc", "remote", "modify", *words, cwd=project)
    command("git", "add", "-A", cwd=project)
    command("git", "commit", "-qm", "shared", cwd=project)
    files = ["music/song.txt.dvc"]
    command("dvc", "push", *files, cwd=project, **variables)
    other = tmp_path / "other"
    command("git", "clone", "-q", str(project), str(other), cwd=tmp_path)
    local = project / ".dvc/config.local"
    if local.is_file():
        (other / ".dvc/config.local").write_text(local.read_text())
    command("dvc", "pull", *files, cwd=other, **variables)
    return (other / "music/song.txt").read_text()


@needs_bucket
def test_data_is_shared_in_a_bucket(tmp_path):
    project = prepared(tmp_path / "project")
    with bucket("music") as store:
        remote = [("url", "s3://music/region"), ("endpointurl", store)]
        assert shared(project, tmp_path, *remote, **KEYS) == "heard\n"


@needs_sshd
def test_data_is_shared_over_ssh(tmp_path):
    project = prepared(tmp_path / "project")
    with sshd(tmp_path) as (port, key):
        url = f"ssh://{os.environ.get('USER', 'root')}@127.0.0.1:{port}{tmp_path}/remote"
        remote = [("url", url), ("keyfile", str(key))]
        assert shared(project, tmp_path, *remote) == "heard\n"
    assert list((tmp_path / "remote").rglob("*"))
