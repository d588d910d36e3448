import pytest

from app import table
from musicregion.tracking import experiments
from musicregion.tracking.experiments import Experiment
from tests.conftest import command
from tests.prepared import repository_of_metrics, write_metrics

HEAD, OTHER = "a" * 40, "b" * 40
PARAMS = {"model": "bag_of_frames", "features": "musicnn", "corpus": "folk"}


def experiment(name, rev, validation, baseline=HEAD):
    scores = {"accuracy": 0.5, "accuracy_low": 0.25, "accuracy_high": 0.75}
    metrics = {"validation": {"song": {"accuracy": validation}}, "test": {"song": scores}}
    return Experiment(name, rev, baseline, PARAMS, metrics)


def rows(output):
    return [line.split()[0].split("@")[0] for line in output.splitlines()[3:] if line.strip()]


def test_the_best_on_validation_comes_first_and_lines_are_short(monkeypatch, capsys):
    monkeypatch.setattr(table, "head_commit", lambda: HEAD)
    table.print_experiments(
        [
            experiment("main", HEAD, 0.6),
            experiment("worst", "1", 0.1),
            experiment("best" * 30, "2", 0.9),
            experiment("elsewhere", "3", 0.7, OTHER),
        ]
    )
    output = capsys.readouterr().out
    assert max(map(len, output.splitlines())) <= 110
    assert "\x1b" not in output
    assert [name[:4] for name in rows(output)] == ["best", "else", "main", "wors"]
    assert "elsewhere@bbbbbbb" in output
    assert "main (commit)" in output
    assert "0.900   0.500   0.250 to 0.750" in output


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return repository_of_metrics(tmp_path, "committee", 0.7)


def test_experiments_of_all_commits_are_read_from_dvc(project, capsys):
    write_metrics(project, "cnn", 0.9)
    command("dvc", "exp", "save", "-n", "older", cwd=project)
    write_metrics(project, "dense", 0.85)
    command("git", "commit", "-qam", "dense", cwd=project)
    write_metrics(project, "svm", 0.8)
    command("dvc", "exp", "save", "-n", "newer", cwd=project)
    table.main([])
    output = capsys.readouterr().out
    assert rows(output) == ["older", "main", "newer"]
    (line,) = [line for line in output.splitlines() if "newer" in line]
    assert line.split() == ["newer", "svm", "mfcc", "folk", "0.800"]
    experiments.remove_experiments(["newer", "older", "never"])  # older is of another commit
    names = {row.name for row in experiments.list_experiments()}
    assert names == {"main", "older"}
