"""`musicregion promote`: makes the best run the champion, unless the last champion is better.

Takes the run of this corpus that classifies most validation songs correctly (or the one of --run),
compares it with the champion on the songs that both have predicted, registers it in MLflow as the
next version of the model "region", and moves the alias "champion" to it.

    musicregion promote
    musicregion predict song.mp3 --model models:/region@champion

Validation songs decide, so that the accuracy on test songs stays unbiased.
"""

import argparse
import logging
from typing import TYPE_CHECKING

from musicregion.config import params
from musicregion.errors import ComparisonError, ModelError
from musicregion.tracking import store
from musicregion.tracking.metric_names import HEADLINE

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.entities import Run


MODEL, ALIAS = "region", "champion"


def choose_candidate(client: "MlflowClient", corpus: str, run_id: str | None) -> "Run":
    """The run with this id, or else the best one of the corpus.

    Raises:
        ModelError: there is no such run.
    """
    from mlflow import MlflowException

    if run_id:
        try:
            return client.get_run(run_id)
        except MlflowException as error:
            raise ModelError(f"promote: run {run_id}: {error.message}") from None
    experiment = client.get_experiment_by_name(corpus)
    runs = experiment and client.search_runs(
        [experiment.experiment_id],
        f"attributes.status = 'FINISHED' and metrics.`{HEADLINE}` >= 0",
        order_by=[f"metrics.`{HEADLINE}` DESC", "attributes.start_time DESC"],
        max_results=1,
    )
    if not runs:
        raise ModelError(f"promote: no finished run of corpus {corpus}. `dvc repro` makes one.")
    return runs[0]


def current_champion(client: "MlflowClient") -> "Run | None":
    """The run of the model that is champion now."""
    from mlflow import MlflowException

    try:
        return client.get_run(client.get_model_version_by_alias(MODEL, ALIAS).run_id)
    except MlflowException:
        return None


def common_part(a: "pd.DataFrame", b: "pd.DataFrame") -> str:
    """The part on which two runs' predictions are compared: validation songs.

    With evaluate.folds every song is a test song of its fold, and there are no validation songs.
    """
    parts = set(a["part"]) & set(b["part"])
    return "validation" if "validation" in parts else "test"


def register_champion(client: "MlflowClient", run: "Run", description: str) -> str:
    """Make a run's model the champion; returns its version.

    Raises:
        ModelError: the run has no model.
    """
    import mlflow

    from musicregion.tracking.entries import model_of_run

    logged = model_of_run(client, run.info.run_id)
    if logged is None:
        raise ModelError(f"promote: run {run.info.run_id} has no model.")
    version = mlflow.register_model(f"models:/{logged.model_id}", MODEL).version
    client.update_model_version(MODEL, version, description)
    client.set_registered_model_alias(MODEL, ALIAS, version)
    return version


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        ModelError: there is no run to promote, or it is worse than the champion.
    """
    parser = argparse.ArgumentParser(
        prog="musicregion promote",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", metavar="ID", help="an MLflow run, instead of the best one")
    parser.add_argument("--force", action="store_true", help="even if it is worse")
    chosen = parser.parse_args(arguments)
    corpus = params.load().corpus
    store.prepare_experiment(corpus)
    from mlflow import MlflowClient

    from app import compare
    from musicregion.evaluation import compare_runs

    logging.getLogger("mlflow").setLevel(logging.ERROR)  # its warnings are about what is intended
    client = MlflowClient()
    run, champion = choose_candidate(client, corpus, chosen.run), current_champion(client)
    name = f"{run.info.run_name} ({run.info.run_id})"
    score = run.data.metrics.get(HEADLINE)
    score_text = "unknown" if score is None else f"{score:.3f}"
    description = f"{name}: {HEADLINE} {score_text}"
    print(description)
    if champion and champion.info.run_id == run.info.run_id:
        print("It is the champion already.")
        return
    if champion:
        champion_name = f"{champion.info.run_name} ({champion.info.run_id})"
        tables = [compare.load_predictions(each.info.run_id) for each in (champion, run)]
        try:
            comparison = compare_runs.compare_predictions(*tables, part=common_part(*tables))
        except ComparisonError as error:
            if not chosen.force:
                raise ModelError(f"promote: {error} --force promotes it anyway.") from None
            print(f"Not compared: {error}")
        else:
            print(compare_runs.describe_comparison(comparison, champion_name, name))
            if comparison.difference < 0 and not chosen.force:
                raise ModelError(
                    "promote: it classifies fewer of these songs correctly, so the champion stays. "
                    "--force promotes it anyway."
                )
    version = register_champion(client, run, description)
    print(f"models:/{MODEL}@{ALIAS} is now version {version}: {name}")
