"""`musicregion compare RUN_A RUN_B`: is B better than A, or is the difference noise?

Each run is a DVC experiment (its name, or any commit or branch), an MLflow run id, or a
predictions.csv. Both must have predicted the same songs: the test part of the same split, or all
songs where evaluate.folds was set. --html writes a page with the songs that they predict
differently, to listen to: a single file, which needs no server.
"""

import argparse
import io
import re
from pathlib import Path

import pandas as pd

from musicregion.errors import ComparisonError, ConfigError
from musicregion.evaluation.compare_runs import (
    compare_predictions,
    describe_comparison,
    read_predictions,
)
from musicregion.tracking import store

PREDICTIONS = "results/predictions.csv"


def load_predictions(run: str) -> pd.DataFrame:
    """Predictions of a file, an MLflow run or a DVC experiment.

    Raises:
        ComparisonError: there is no such run, or it has no predictions.
    """
    if Path(run).is_file():
        return read_predictions(run)
    if re.fullmatch("[0-9a-f]{32}", run):
        import mlflow

        mlflow.set_tracking_uri(store.tracking_uri())
        try:
            return read_predictions(
                mlflow.artifacts.download_artifacts(f"runs:/{run}/{PREDICTIONS}")
            )
        except Exception as error:
            raise ComparisonError(f"compare: MLflow run {run}: {error}") from None
    import dvc.api
    from dvc.exceptions import DvcException
    from scmrepo.exceptions import SCMError

    try:
        return read_predictions(io.StringIO(dvc.api.read(PREDICTIONS, rev=run)))
    except (DvcException, SCMError, OSError) as error:  # SCMError: a repository without commits
        raise ComparisonError(
            f"compare: {run} is no file, no MLflow run id, and no DVC experiment or commit with "
            f"predictions in this repository: {error}. `dvc exp show` lists experiments."
        ) from None


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="musicregion compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_a", metavar="RUN_A", help="the baseline")
    parser.add_argument("run_b", metavar="RUN_B")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page that plays them")
    parsed = parser.parse_args(arguments)
    a, b = load_predictions(parsed.run_a), load_predictions(parsed.run_b)
    text = describe_comparison(compare_predictions(a, b), parsed.run_a, parsed.run_b)
    print(text)
    if parsed.html:
        from musicregion.presentation.comparison_page import write_comparison

        try:
            write_comparison(parsed.html, a, b, (parsed.run_a, parsed.run_b), text)
        except OSError as error:
            raise ConfigError(f"{parsed.html}: cannot be written: {error}") from None
        print(f"{parsed.html}: the songs that they predict differently")
