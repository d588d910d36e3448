"""The documentation's experiments, in one copy of the repository: they build on each other.

Numbers that would make them long are smaller here.
"""

import pytest
import yaml

from tests.conftest import command
from tests.documented_commands import ALL, EXPERIMENTS, MOST_CHARACTERS, run_by
from tests.documented_project import commit, prepare_project, reset, shell, smaller

pytestmark = pytest.mark.slow
DOCUMENTED = sorted(
    {item.text for item in ALL if run_by(item) == EXPERIMENTS},
    key=lambda text: ("corpus=mine" in text, text),  # the other corpus comes last
)


@pytest.fixture(scope="module")
def project(tmp_path_factory, small):
    """A copy in which `dvc repro` has run."""
    folder = tmp_path_factory.mktemp("documented")
    prepare_project(folder, small, "mfcc.hop_length=2048")  # dense has a sixteenth of the weights
    command("dvc", "repro", cwd=folder)
    commit(folder)
    return folder


@pytest.mark.parametrize("text", DOCUMENTED)
def test_documented_experiments(project, text):
    assert "Ran experiment" in shell(smaller(text), project)
    reset(project)


def test_models_are_compared(project):
    assert "McNemar" in shell("musicregion compare dense cnn", project)
    (show,) = [item.text for item in ALL if item.text.startswith("dvc exp show")]
    table = command(*show.split(), "--no-pager", cwd=project, COLUMNS="120")
    assert "dense" in table
    assert "test.song.accuracy" in table
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= MOST_CHARACTERS
    shell("dvc plots diff dense cnn", project)
    assert "val_accuracy" in (project / "dvc_plots/index.html").read_text()
    shell("dvc exp apply cnn", project)
    assert yaml.safe_load((project / "params.yaml").read_text())["model"] == "cnn"
    shell("git restore params.yaml dvc.lock && dvc checkout", project)
    assert "up to date" in shell("dvc status", project)
