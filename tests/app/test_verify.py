import pytest
import yaml

from app import verify
from musicregion.errors import InputError
from tests.conftest import command
from tests.prepared import empty_repository


def stages(raw="1", seed=1, metrics="1"):
    return {
        "download": {
            "params": {"params.yaml": {"folk.seed": seed}},
            "outs": [{"path": "data/raw", "md5": raw}, {"path": "data/songs.csv", "md5": "2"}],
        },
        "train": {"outs": [{"path": "results/metrics.json", "md5": metrics}]},
    }


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose dvc.lock is committed."""
    monkeypatch.chdir(tmp_path)
    empty_repository(tmp_path)
    (tmp_path / "dvc.lock").write_text(yaml.safe_dump({"stages": stages()}))
    command("git", "add", "-A", cwd=tmp_path)
    command("git", "commit", "-qm", "lock", cwd=tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("here", "words"),
    [
        (
            stages(metrics="9"),
            "The 2 data outputs in dvc.lock are those of the commit",
        ),  # a model may differ
        (stages(raw="9"), "differ from the committed dvc.lock: data/raw. Unless"),
        (stages(raw="9", seed=2), "The params of download differ"),
    ],
)
def test_data_are_compared_with_those_of_the_commit(repository, capsys, here, words):
    (repository / "dvc.lock").write_text(yaml.safe_dump({"stages": here}))
    verify.main([])
    assert words in capsys.readouterr().out


def test_without_a_committed_lock_there_is_nothing_to_compare(repository, capsys):
    command("git", "rm", "-q", "--cached", "dvc.lock", cwd=repository)
    command("git", "commit", "-qm", "no lock", cwd=repository)
    verify.main([])
    assert "nothing to compare" in capsys.readouterr().out


def test_a_lock_that_does_not_exist_is_named(repository):
    (repository / "dvc.lock").unlink()
    with pytest.raises(InputError, match=r"dvc\.lock: not found"):
        verify.main([])
