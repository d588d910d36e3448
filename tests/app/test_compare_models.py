import pytest

from app import compare_models
from musicregion.config import committed
from musicregion.errors import TrainingError
from musicregion.tracking import experiments
from tests.conftest import command
from tests.prepared import empty_repository

PIPELINE = """stages:
  train:
    cmd: python train.py
    params: [model, train, svm]
    deps: [train.py]
    outs: [results/predictions.csv]
    metrics: [results/metrics.json]
"""
TRAIN = """import json, pathlib, sys, yaml
params = yaml.safe_load(open("params.yaml"))
if params["model"] == "cnn":
    sys.exit("train: the loss is not a finite number.")
folder = pathlib.Path("results")
folder.mkdir(exist_ok=True)
metrics = {"validation": {"song": {"accuracy": params["train"]["epochs"] / 100}}}
(folder / "metrics.json").write_text(json.dumps(metrics))
predicted = "A" if params["model"] == "svm" else "B"
rows = [f"s{n},s{n},test,1,0,A,{predicted}" for n in range(20)]
head = "song,group,part,repeat,fold,region,predicted"
(folder / "predictions.csv").write_text("\\n".join([head, *rows]) + "\\n")
"""
COMMITTED = 'model: committee\ntrain: {epochs: 60}\nsvm: {kernels: ["a b", "c=1"], c: 10}\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A DVC repository in which a training takes no time, and cnn fails."""
    monkeypatch.chdir(tmp_path)
    empty_repository(tmp_path)
    for name, text in (
        ("dvc.yaml", PIPELINE),
        ("train.py", TRAIN),
        ("params.yaml", COMMITTED),
        (".gitignore", "/results\n"),
    ):
        (tmp_path / name).write_text(text)
    command("dvc", "repro", cwd=tmp_path)
    command("git", "add", "-A", cwd=tmp_path)
    command("git", "commit", "-qm", "pipeline", cwd=tmp_path)
    return tmp_path


def test_arguments_give_params_their_committed_values(project):
    assert committed.committed_settings() == []
    (project / "params.yaml").write_text("model: cnn\ntrain: {epochs: 60, more: 1}\nsvm: {c: 10}\n")
    assert sorted(committed.committed_settings()[1::2]) == [
        '++model="committee"',
        '++svm.kernels=["a b", "c=1"]',
        "~train.more",
    ]


@pytest.mark.slow
def test_models_are_trained_from_the_committed_params_and_one_may_fail(
    project, capsys, monkeypatch
):
    monkeypatch.setattr(compare_models.ui, "update_leaderboard", lambda: "http://link")
    left = COMMITTED.replace("60", "4").replace("c=1", "d").replace("c: 10", "c: 10, more: 1")
    (project / "params.yaml").write_text(left)
    with pytest.raises(TrainingError) as error:
        compare_models.main([])
    first, *reasons = str(error.value).splitlines()
    assert first == "compare-models: not all models were trained."
    assert [reason.partition(" (")[0] for reason in reasons] == [
        "cnn: train: the loss is not a finite number."
    ]
    output = capsys.readouterr().out
    assert "compare-svm is better than compare-dense." in output
    assert output.count("McNemar") == 2
    assert "In MLflow (make ui): http://link" in output
    assert (project / "params.yaml").read_text() == left
    assert command("git", "status", "--porcelain", cwd=project).split() == ["M", "params.yaml"]
    rows = {row.name: row for row in experiments.list_experiments()}
    assert rows.keys() == {"main", "compare-svm", "compare-dense", "compare-dense_deep"}
    assert {row.metric("validation/song/accuracy") for row in rows.values()} == {0.6}
    values = {"kernels": ["a b", "c=1"], "c": 10}
    assert all(row.params["svm"] == values for row in rows.values())

    with pytest.raises(TrainingError):
        compare_models.main([])  # again: the experiments are replaced
    logs = [log.read_text() for log in (project / ".dvc/tmp/compare").glob("*.log")]
    assert sum(log.count("is cached - skipping run") for log in logs) == 3
