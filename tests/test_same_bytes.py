"""The same bytes on every processor: the data stages run twice, with other arithmetic underneath.

numpy and OpenBLAS choose their routines by the processor; these variables make them choose those of
an older one. What such routines differ in, the last bits, must not reach a file. ONNX Runtime has
no such variable; `python -m benchmarks.processors` is about what it computes.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from musicregion.storage.paths import MUSICNN_WEIGHTS
from tests.conftest import REPOSITORY, command, require_weights
from tests.prepared import prepared, write_params

# one process for all stages and folders: imports take longer than what they do here
RUN_STAGES = """
import os, runpy, sys
stages, *folders = sys.argv[1:]
for folder in folders:
    os.chdir(folder)
    for stage in stages.split():
        sys.argv = [stage]
        try:
            runpy.run_module(f"stages.{stage}", run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise
"""
OLDER = {"NPY_DISABLE_CPU_FEATURES": "X86_V3", "OPENBLAS_CORETYPE": "Nehalem"}
SONGS = "folk.songs=48", "folk.seconds=[5,12]", "split.folds=3"
KINDS = "mfcc", "logmel", "musicnn"
STATISTICAL = "svm", "logistic", "committee"


def run_stages(stages: str, *folders: Path, **variables: str) -> None:
    """Run these stages in each folder."""
    variables["PYTHONPATH"] = str(REPOSITORY)
    words = [sys.executable, "-c", RUN_STAGES, stages, *map(str, folders)]
    command(*words, cwd=folders[0], **variables)


def hashes_of_data(folder: Path, workers: int, **variables: str) -> dict[str, str]:
    """Run the stages up to the features; hashes of all files that they write, by path."""
    shutil.copytree(REPOSITORY / "corpora", folder / "corpora")
    shutil.copy(REPOSITORY / "params.yaml", folder)
    write_params(folder, *SONGS, "mfcc.deltas=2", f"features={'+'.join(KINDS)}")
    (folder / MUSICNN_WEIGHTS).parent.mkdir(parents=True)
    shutil.copy(require_weights(MUSICNN_WEIGHTS), folder / MUSICNN_WEIGHTS)
    variables["LOKY_MAX_CPU_COUNT"] = str(workers)
    run_stages("download segment fingerprint split features", folder, **variables)
    files = (path for path in (folder / "data").rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.mark.slow
def test_data_are_equal_with_the_arithmetic_of_another_processor(tmp_path):
    if os.uname().machine != "x86_64":
        pytest.skip("the variables name features of x86-64")
    here = hashes_of_data(tmp_path / "here", 2)
    older = hashes_of_data(tmp_path / "older", 1, **OLDER)
    assert {f"data/features/{kind}.npy" for kind in KINDS} < here.keys()
    differing = {path for path in here.keys() | older.keys() if here.get(path) != older.get(path)}
    assert differing == set()


@pytest.fixture(scope="module")
def trained_twice(tmp_path_factory):
    """Folders of each statistical model, trained on prepared features: as it is, and OLDER."""
    folder = tmp_path_factory.mktemp("trained")
    pairs = {}
    for model in STATISTICAL:
        here = prepared(folder / model, f"model={model}")
        pairs[model] = here, shutil.copytree(here, folder / f"older-{model}")
    for number, variables in enumerate(({}, OLDER)):
        run_stages("tune train", *(pair[number] for pair in pairs.values()), **variables)
    return pairs


@pytest.mark.slow
@pytest.mark.parametrize("model", STATISTICAL)
def test_statistical_models_are_equal_with_the_arithmetic_of_another_processor(
    trained_twice, model
):
    here, older = (folder / "results" for folder in trained_twice[model])
    assert (older / "metrics.json").read_text() == (here / "metrics.json").read_text()
    predictions, expected = (pd.read_csv(path / "predictions.csv") for path in (older, here))
    pd.testing.assert_frame_equal(predictions, expected, rtol=0, atol=5e-4)
