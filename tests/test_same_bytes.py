"""The same bytes on every processor: the data stages run twice, with other arithmetic underneath.

numpy and OpenBLAS choose their routines by the processor; these variables make them choose those of
an older one. What such routines differ in, the last bits, must not reach a file.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import REPOSITORY, command
from tests.prepared import prepared, write_params

OLDER = {"NPY_DISABLE_CPU_FEATURES": "X86_V3", "OPENBLAS_CORETYPE": "Nehalem"}
SONGS = "folk.songs=48", "folk.seconds=[5,12]", "split.folds=3"
KINDS = "mfcc", "logmel"


def hashes_of_data(folder: Path, workers: int, **variables: str) -> dict[str, str]:
    """Run the stages up to the features; hashes of all files that they write, by path."""
    shutil.copytree(REPOSITORY / "corpora", folder / "corpora")
    shutil.copy(REPOSITORY / "params.yaml", folder)
    write_params(folder, *SONGS, "mfcc.deltas=2")
    variables |= {"LOKY_MAX_CPU_COUNT": str(workers), "PYTHONPATH": str(REPOSITORY)}
    for stage in ("download", "segment", "fingerprint", "split"):
        command(sys.executable, "-m", f"stages.{stage}", cwd=folder, **variables)
    for kind in KINDS:
        write_params(folder, f"features={kind}")
        command(sys.executable, "-m", "stages.features", cwd=folder, **variables)
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
    assert {f"data/{kind}/features.npy" for kind in KINDS} < here.keys()
    differing = {path for path in here.keys() | older.keys() if here.get(path) != older.get(path)}
    assert differing == set()


def results_of_training(folder: Path, model: str, **variables: str) -> tuple[str, pd.DataFrame]:
    """Train a statistical model on prepared features; metrics.json and predictions.csv."""
    prepared(folder, f"model={model}")
    command(sys.executable, "-m", "stages.tune", cwd=folder, **variables)
    command(sys.executable, "-m", "stages.train", cwd=folder, **variables)
    results = folder / "results"
    return (results / "metrics.json").read_text(), pd.read_csv(results / "predictions.csv")


@pytest.mark.slow
@pytest.mark.parametrize("model", ["svm", "logistic", "committee"])
def test_statistical_models_are_equal_with_the_arithmetic_of_another_processor(tmp_path, model):
    metrics, predictions = results_of_training(tmp_path / "here", model)
    other_metrics, other_predictions = results_of_training(tmp_path / "older", model, **OLDER)
    assert other_metrics == metrics
    pd.testing.assert_frame_equal(other_predictions, predictions, rtol=0, atol=5e-4)
