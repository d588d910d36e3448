import subprocess
import sys
from pathlib import Path

from musicregion.tracking import store


def test_the_store_is_in_the_real_repository_when_dvc_runs_a_copy(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "real"))
    monkeypatch.chdir(tmp_path)
    assert store.tracking_uri() == f"sqlite:///{tmp_path}/real/mlruns/mlflow.db"


def test_a_server_that_the_user_names_is_used(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking.example:5000")
    assert store.tracking_uri() == "http://tracking.example:5000"


def test_the_digest_depends_on_values_not_on_order():
    assert store.params_digest({"a": 1, "b": 2}) == store.params_digest({"b": 2, "a": 1})
    assert store.params_digest({"a": 1}) != store.params_digest({"a": 2})


def test_three_concurrent_first_runs_create_one_store(tmp_path):
    code = "from musicregion.tracking import store; print('id', store.prepare_experiment('folk'))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={"DVC_ROOT": str(tmp_path), "PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [out for out, _ in outputs] == ["id 1\n"] * 3, outputs
    assert not any("Creating initial MLflow database tables" in error for _, error in outputs)
