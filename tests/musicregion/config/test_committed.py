import yaml

from musicregion.config.committed import changed_params, describe_changes
from tests.conftest import command

COMMITTED = {"model": "cnn", "train": {"epochs": 60, "batch": 32}, "folk": {"seconds": [30, 90]}}


def repository(folder, committed):
    for words in (
        ["init", "-q"],
        ["config", "user.name", "T"],
        ["config", "user.email", "t@t.org"],
    ):
        command("git", *words, cwd=folder)
    (folder / "params.yaml").write_text(yaml.safe_dump(committed))
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", "params", cwd=folder)


def test_params_that_differ_are_named_with_both_values(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    repository(tmp_path, COMMITTED)
    assert changed_params() == {}
    changed = COMMITTED | {"model": "svm", "train": {"epochs": 4, "patience": 3}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(changed))
    changes = changed_params()
    assert changes == {
        "model": ("svm", "cnn"),
        "train.epochs": (4, 60),
        "train.patience": (3, None),
        "train.batch": (None, 32),
    }
    lines = describe_changes(changes).splitlines()
    assert "  train.epochs: 4 (committed: 60)" in lines
    assert len(lines) == 1 + len(changes)


def test_without_a_commit_nothing_differs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("model: cnn\n")
    assert changed_params() == {}
    command("git", "init", "-q", cwd=tmp_path)
    assert changed_params() == {}
