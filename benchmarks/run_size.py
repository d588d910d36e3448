"""How large one run is in MLflow: what two networks leave in the store, in MB.

    python -m benchmarks.run_size

Trains dense and cnn for one epoch on the features in data/, in a folder of its own, and adds
run_mb_dense and run_mb_cnn to benchmarks/results/record.json. `dvc repro features` makes the
features.
"""

import os
import tempfile
from contextlib import chdir
from pathlib import Path

from benchmarks.record import RESULT, update_record
from benchmarks.report import print_source, print_table
from musicregion.command import run
from musicregion.config import params
from musicregion.dataset import loading
from musicregion.evaluation import experiment
from musicregion.storage import paths

MODELS = ("dense", "cnn")
INPUTS = ("corpora", "data", "musicregion", "params.yaml")  # what a training reads


def run_size(model: str) -> float:
    """The size of a run of a model, in MB of 10^6 bytes; the database is not counted."""
    repository = Path.cwd()
    settings = params.load().with_changes({"train.epochs": 1})
    settings = settings.model_copy(update={"model": model})
    with tempfile.TemporaryDirectory() as temporary, chdir(temporary):
        for name in INPUTS:
            Path(name).symlink_to(repository / name)
        paths.RESULTS.mkdir()
        os.environ["DVC_ROOT"] = temporary
        os.environ.pop("MLFLOW_TRACKING_URI", None)
        experiment.run_experiment(loading.load_dataset(settings.kinds), settings)
        files = [path for path in Path("mlruns").rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files if path.parent != Path("mlruns"))
    return size / 1e6


def main() -> None:
    sizes = {model: round(run_size(model), 1) for model in MODELS}
    update_record({f"run_mb_{model}": size for model, size in sizes.items()})
    print_table(["model", "MB of a run"], sizes.items())
    print_source("run_size", RESULT)


if __name__ == "__main__":
    run(main)
