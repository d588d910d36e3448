"""A copy of the repository in which `dvc repro` has run on few songs, for the tests of all files.

Other copies take the results of its songs as they would take those of earlier experiments.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import SMALL, command, copy_repository, shared_folder
from tests.prepared import write_params

STORE = ".song_results"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the copy, `project`, whose network is small, its songs and their results."""
    return shared_folder(tmp_path_factory, "small", run_pipeline)


def run_pipeline(folder: Path) -> None:
    project = copy_repository(folder / "project")
    write_params(project, *SMALL, "model=dense_deep", "mfcc.json=true")
    command("dvc", "repro", cwd=project)
    command("git", "add", "-A", cwd=project)
    command("git", "commit", "-qm", "small", cwd=project)
    # as they are now: tests change the project
    share_results(project, folder)
    shutil.copytree(project / "data/raw", folder / "raw", copy_function=os.link)


def share_results(source: Path, target: Path) -> None:
    """Give a folder the stored results of another one's songs."""
    shutil.copytree(source / STORE, target / STORE, copy_function=os.link)
