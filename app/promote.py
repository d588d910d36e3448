"""`musicregion promote`: the best run becomes the champion, if it is not worse than the last one.

Takes the run of this corpus that names most validation songs rightly (or the one of --run),
compares it with the champion on the songs that both have answered, registers it in MLflow as the
next version of the model "region", and moves the alias "champion" to it.

    musicregion predict song.mp3 --model models:/region@champion

Validation songs decide, so that the test songs stay a judge that has taken no part.
"""

import argparse
import logging
from typing import TYPE_CHECKING

from musicregion.config import params
from musicregion.errors import ComparisonError, ModelError
from musicregion.tracking import store

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.entities import Run


MODEL, ALIAS = "region", "champion"
SCORE = "validation_song_accuracy"


def choose_candidate(client: "MlflowClient", corpus: str, run_id: str | None) -> "Run":
    """The run that is named, or else the best one of the corpus.

    Raises:
        ModelError: there is none.
    """
    from mlflow import MlflowException

    if run_id:
        try:
            return client.get_run(run_id)
        except MlflowException as error:
            raise ModelError(f"promote: run {run_id}: {error.message}") from None
    experiment = client.get_experiment_by_name(corpus)
    found = experiment and client.search_runs(
        [experiment.experiment_id],
        f"attributes.status = 'FINISHED' and metrics.{SCORE} >= 0",
        order_by=[f"metrics.{SCORE} DESC", "attributes.start_time DESC"],
        max_results=1,
    )
    if not found:
        raise ModelError(f"promote: no finished run of corpus {corpus}. `dvc repro` makes one.")
    return found[0]


def current_champion(client: "MlflowClient") -> "Run | None":
    """The run of the model that is champion now."""
    from mlflow import MlflowException

    try:
        return client.get_run(client.get_model_version_by_alias(MODEL, ALIAS).run_id)
    except MlflowException:
        return None


def common_part(one: "pd.DataFrame", other: "pd.DataFrame") -> str:
    """The part on which two runs' predictions are compared: validation songs.

    With evaluate.folds all songs are answered unheard, and none is a validation song.
    """
    both = set(one["part"]) & set(other["part"])
    return "validation" if "validation" in both else "test"


def register_champion(client: "MlflowClient", run: "Run", words: str) -> str:
    """Make a run's model the champion; its version."""
    import mlflow

    version = mlflow.register_model(f"runs:/{run.info.run_id}/model", MODEL).version
    client.update_model_version(MODEL, version, words)
    client.set_registered_model_alias(MODEL, ALIAS, version)
    return version


def main(arguments: list[str]) -> None:
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

    logging.getLogger("mlflow").setLevel(logging.ERROR)  # what it warns of is as it should be
    client = MlflowClient()
    run, before = choose_candidate(client, corpus, chosen.run), current_champion(client)
    name = f"{run.info.run_name} ({run.info.run_id})"
    score = run.data.metrics.get(SCORE)
    words = f"{name}: {SCORE.replace('_', ' ')} {'unknown' if score is None else f'{score:.3f}'}"
    print(words)
    if before and before.info.run_id == run.info.run_id:
        print("It is the champion already.")
        return
    if before:
        old = f"{before.info.run_name} ({before.info.run_id})"
        tables = [compare.load_predictions(one.info.run_id) for one in (before, run)]
        try:
            found = compare_runs.compare_predictions(*tables, part=common_part(*tables))
        except ComparisonError as error:
            if not chosen.force:
                raise ModelError(f"promote: {error} Or --force.") from None
            print(f"Not compared: {error}")
        else:
            print(compare_runs.describe_comparison(found, old, name))
            if found.difference < 0 and not chosen.force:
                raise ModelError(
                    "promote: it names fewer of these songs rightly, so the champion stays. "
                    "--force promotes it all the same."
                )
    version = register_champion(client, run, words)
    print(f"models:/{MODEL}@{ALIAS} is now version {version}: {name}")
