"""A copy of the repository in which the documentation's commands run, on few songs."""

import re
import shutil
import sys
from pathlib import Path

import yaml

from tests.conftest import SMALL, command, copy_repository
from tests.prepared import write_params
from tests.small import share_results

SMALLER = {  # changes whose documented value would take long
    "folk.songs": 54,
    "tune.trials": 2,
    "tune.folds": 3,
    "evaluate.folds": 3,
    "evaluate.repeats": 2,
    "compose.epochs": "2 -S compose.width=32 -S compose.blocks=1",
}


def prepare_project(folder: Path, small: Path, *changes: str) -> Path:
    """A copy with this environment and with the songs of `small`, and a second corpus, `mine`."""
    copy_repository(folder)
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".venv/installed").touch()
    share_results(small, folder)
    write_params(folder, *SMALL, *changes)
    for region in ("Germany", "China"):
        shutil.copytree(small / "raw" / region, folder / f"music/{region}")
    sources = {name: {"sources": [f"music/{name}"]} for name in ("Germany", "China")}
    (folder / "corpora/mine.yaml").write_text(yaml.safe_dump({"regions": sources}))
    (folder / ".gitignore").open("a").write(
        "/music/\n/more/\n/dvc_plots/\n/*.mp3\n/*.csv\n/*.png\n"
    )
    return folder


def commit(folder: Path) -> None:
    """Commit all that is in a copy."""
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", "small", cwd=folder)


def smaller(text):
    """A command with the values of SMALLER."""
    for key, value in SMALLER.items():
        text = re.sub(rf"-S {re.escape(key)}=\S+", f"-S {key}={value}", text)
    return text


def shell(text, folder, **variables):
    """Run shell commands as they are documented; stdout and stderr."""
    return command("bash", "-euo", "pipefail", "-c", text, cwd=folder, **variables)


def reset(folder):
    """params.yaml and dvc.lock as they were committed."""
    command("git", "checkout", "-q", "--", ".", cwd=folder)
