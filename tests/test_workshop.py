"""What CONTRIBUTING.md and the README say to those who change the code, for real."""

import importlib
import re
import shutil
from pathlib import Path

import pytest
import yaml

from musicregion.storage import tables
from tests.conftest import REPOSITORY, SMALL, command, copy_repository
from tests.documented_commands import CONTRIBUTING, README, code_blocks, shell_block
from tests.documented_project import reset, shell
from tests.prepared import write_params
from tests.small import share_results

pytestmark = pytest.mark.slow


def test_installation_without_make(tmp_path):
    """All but the packages, which setuptools has to be taken from."""
    folder = copy_repository(tmp_path / "copy")
    setuptools = Path(importlib.import_module("setuptools").__file__).parent
    (tmp_path / "build").mkdir()
    for path in (setuptools, *setuptools.parent.glob("setuptools-*.dist-info")):
        (tmp_path / "build" / path.name).symlink_to(path)
    lines = shell_block(README, "python3 -m venv").splitlines()
    assert lines.pop(2) == "pip install -r requirements.txt"
    variables = {"PYTHONPATH": str(tmp_path / "build"), "PIP_NO_BUILD_ISOLATION": "false"}
    text = "\n".join([*lines[:3], "command -v musicregion", "musicregion --help"])
    output = shell(text, folder, **variables)
    assert f"{folder}/.venv/bin/musicregion" in output
    assert "fetch-weights" in output


def test_commits_are_checked(tmp_path):
    folder = copy_repository(tmp_path / "copy")
    if (cache := REPOSITORY / ".mypy_cache").is_dir():
        shutil.copytree(cache, folder / cache.name)
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    shell("pre-commit install", folder, **home)
    subject = "a" * 73
    words = ["git", "commit", "-q", "--allow-empty", "-m"]
    refused = command(*words, subject, cwd=folder, fails=True, **home)
    assert "subject of 73 characters" in refused
    command(*words, f"{subject[:72]}\n\n{subject}", cwd=folder, **home)
    (folder / "params.yaml").write_text("corpus: folk\n")
    refused = command("git", "commit", "-qam", "broken", cwd=folder, fails=True, **home)
    assert "params.yaml: features is missing" in refused
    reset(folder)
    shell("pre-commit run --all-files", folder, **home)


def test_tests_run_alone():
    assert " passed" in shell("python -m pytest tests/musicregion/dataset -n 0", REPOSITORY)


def insert(path, text, before):
    """Put text in front of the first occurrence of other text in a file."""
    source = path.read_text()
    assert before in source, f"{path.name} has no {before!r}"
    path.write_text(source.replace(before, text + before, 1))


def apply_examples(folder):
    """Do what CONTRIBUTING.md shows."""
    anchors = {
        "dvc.yaml": "\nartifacts:\n",
        "musicregion/corpus/listing.py": "            else:\n                listed = sources",
    }
    for language in ("python", "yaml"):
        for text in code_blocks(CONTRIBUTING, language):
            header, _, code = text.partition("\n")
            path = folder / header.removeprefix("# ")
            if before := anchors.get(header.removeprefix("# ")):
                insert(path, code, before)
            else:
                path.write_text(f"{path.read_text()}\n\n{code}" if path.is_file() else code)
    settings = folder / "musicregion/config/params.py"
    sections = folder / "musicregion/config/feature_sections.py"
    insert(sections, '"energy", ', '"mfcc", "logmel"')
    insert(folder / "dvc.yaml", "energy, ", "mfcc, logmel")
    insert(settings, '"forest", ', '"svm", "logistic"')
    insert(settings, "    energy: feature_sections.Energy\n", "    mfcc: ")
    insert(settings, "    forest: model_sections.Forest\n", "    svm: ")
    registry = folder / "musicregion/features/registry.py"
    (line,) = re.findall(r"`(\"energy\": [^`]*)`", CONTRIBUTING.read_text())
    insert(registry, f"    {line}\n", '    "mfcc": ')
    insert(registry, "from musicregion.features.energy import energy\n", "from musicregion")
    insert(
        folder / "musicregion/corpus/listing.py", "from musicregion.corpus import m3u\n", "from m"
    )


def test_worked_examples(tmp_path, small):
    folder = copy_repository(tmp_path / "copy")
    share_results(small, folder)
    apply_examples(folder)
    write_params(folder, *SMALL)
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", "examples", cwd=folder)
    code = {"PYTHONPATH": str(folder)}
    tests = "tests/test_structure.py tests/musicregion/models/test_fit.py"
    passed = shell(f"python -m pytest -n 0 -k 'forest or structure' {tests}", folder, **code)
    assert " passed" in passed
    shell("dvc exp run -S model=forest", folder)
    assert "trees" in (folder / "models/card.json").read_text()
    shell("dvc repro count", folder)
    assert "Germany" in (folder / "results/count.csv").read_text()
    shell("dvc exp run -S features=energy", folder)
    song = next((folder / "data/raw/Germany").iterdir())
    assert f"{song.name}: " in shell(f"musicregion predict {song}", folder, **code)
    songs = sorted((folder / "data/raw").glob("*/*"))
    regions = {}
    for name, paths in (("Low", songs[:5]), ("High", songs[5:10])):
        copies = [shutil.copy(path, tmp_path) for path in paths]
        (folder / f"{name}.m3u").write_text("".join(f"{path}\n" for path in copies))
        regions[name] = {"sources": [f"{name}.m3u"]}
    (folder / "corpora/mine.yaml").write_text(yaml.safe_dump({"regions": regions}))
    write_params(folder, "corpus=mine")
    shell("python -m stages.download", folder)
    table = tables.SONGS.read(folder)
    assert sorted(table["title"]) == sorted(path.stem for path in songs[:10])
    assert set(table["status"]) == {"ok"}
    assert {path.name for path in (folder / "data/raw").iterdir()} == {"High", "Low"}
