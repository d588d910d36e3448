"""Runs come back from what DVC holds: real experiments, with the training alone as pipeline."""

import re
import shutil

import pytest
import yaml
from mlflow import MlflowClient
from mlflow.entities import ViewType

from tests.conftest import command
from tests.prepared import prepared

CHECKED = ("params.hash", "dataset.md5", "result.md5")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A repository whose only stage is train; its commit and two experiments have been run."""
    folder = prepared(tmp_path_factory.mktemp("logged") / "project", "train.epochs=2")
    stages = yaml.safe_load((folder / "dvc.yaml").read_text())["stages"]
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"train": stages["train"]}}))
    (folder / "results").mkdir()
    (folder / "results/best_params.yaml").write_text("{}\n")
    command("dvc", "repro", cwd=folder)
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", "trained", cwd=folder)
    for model in ("svm", "dense_deep"):
        command("dvc", "exp", "run", "-n", model, "-S", f"model={model}", cwd=folder)
    return folder


def runs_by_model(folder, store="mlruns"):
    """The runs in a repository's store, by their model, and the client."""
    client = MlflowClient(f"sqlite:///{folder}/{store}/mlflow.db")
    experiment = client.get_experiment_by_name("folk")
    runs = client.search_runs([experiment.experiment_id])
    return client, {run.data.params["model"]: run for run in runs}


def log(folder, **options):
    """How many runs `musicregion log` added, and what it printed."""
    said = command("musicregion", "log", cwd=folder, **options)
    return int(re.search(r"log: (\d+) runs added", said)[1]), said


@pytest.mark.slow
def test_runs_that_mlflow_lost_come_back_the_same(project):
    assert log(project)[0] == 0  # trainings have logged themselves
    shutil.move(project / "mlruns", project / "lost")
    _, before = runs_by_model(project, "lost")
    assert set(before) == {"committee", "svm", "dense_deep"}
    assert log(project)[0] == 3
    client, after = runs_by_model(project)
    assert set(after) == set(before)
    names = ["git", "for-each-ref", "--format=%(objectname) %(refname:lstrip=4)"]
    lines = command(*names, "refs/heads", "refs/exps", cwd=project).splitlines()
    refs = {line.split(" ")[0]: line.split(" ")[1] for line in lines}
    for model, run in after.items():
        old = before[model]
        assert run.data.params == old.data.params
        assert run.info.run_name == old.info.run_name
        for tag in (*CHECKED, "dvc.experiment", "stage"):
            assert run.data.tags.get(tag) == old.data.tags.get(tag)
        kept = {k: v for k, v in old.data.metrics.items() if not k.startswith("system/")}
        assert run.data.metrics == pytest.approx(kept)
        assert (
            run.data.tags["mlflow.note.content"].splitlines()[0]
            == (old.data.tags["mlflow.note.content"].splitlines()[0])
        )
        commit = run.data.tags["git.commit"]
        assert refs[commit] == ("" if model == "committee" else model)
        committed = command("git", "show", "-s", "--format=%ct", commit, cwd=project)
        assert run.info.start_time == 1000 * int(committed)
        assert "results/curves.png" in {
            item.path for item in client.list_artifacts(run.info.run_id, "results")
        }
        (logged,) = client.search_logged_models(
            [run.info.experiment_id], f"source_run_id = '{run.info.run_id}'"
        )
        assert (logged.name, logged.status) == (f"{model}-mfcc-folk", "READY")
    losses = client.get_metric_history(after["dense_deep"].info.run_id, "training/loss")
    assert [metric.step for metric in losses] == [1, 2]
    note = after["svm"].data.tags["mlflow.note.content"]
    assert "dvc exp run -n svm -S model=svm" in note
    assert log(project)[0] == 0


@pytest.mark.slow
def test_a_run_that_was_deleted_stays_deleted(project):
    client, runs = runs_by_model(project)
    client.delete_run(runs["svm"].info.run_id)
    assert log(project)[0] == 0
    everything = client.search_runs([runs["svm"].info.experiment_id], "", ViewType.ALL)
    assert len(everything) == 3
    client.restore_run(runs["svm"].info.run_id)


@pytest.mark.slow
def test_a_pulled_clone_has_its_runs_and_says_what_is_missing(project, tmp_path):
    clone = tmp_path / "clone"
    command("git", "clone", "-q", str(project), str(clone), cwd=tmp_path)
    added, said = log(clone, here=True)
    assert added == 0
    assert "main: neither the cache nor a remote has its results" in said
    command("dvc", "remote", "add", "-q", "-d", "shared", str(project / ".dvc/cache"), cwd=clone)
    added, said = log(clone, here=True)
    assert added == 1, said
    assert set(runs_by_model(clone)[1]) == {"committee"}
