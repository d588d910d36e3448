"""`musicregion log` gives every training that DVC holds its run in MLflow.

After `dvc pull`, or after an experiment that DVC took from its cache, MLflow knows nothing of it.
This logs the same params, metrics, curves, plots and model, with the date of the commit, for HEAD,
branches, tags and experiments. What has its run already is left alone; so is a run that was
deleted in MLflow.
"""

import argparse
import json
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from musicregion.errors import InputError
from musicregion.storage import paths

if TYPE_CHECKING:
    from musicregion.tracking.dvc_revisions import Revision


def logged_identities(experiment: str) -> set[tuple[str, ...]]:
    """What identifies each run of an experiment, by its id; deleted runs count too."""
    from mlflow import MlflowClient
    from mlflow.entities import ViewType

    from musicregion.tracking.training_record import IDENTITY

    client, token, identities = MlflowClient(), None, set()
    while True:
        page = client.search_runs([experiment], "", ViewType.ALL, 1000, page_token=token)
        identities |= {tuple(run.data.tags.get(tag, "") for tag in IDENTITY) for run in page}
        if not (token := page.token):
            return identities


def describe(revision: "Revision", metrics: dict, folder: Path) -> str:
    """The note of a run: its result in words, and how to make it again."""
    import pandas as pd

    from musicregion.evaluation import report
    from musicregion.tracking import notes

    songs = pd.read_csv(folder / paths.PREDICTIONS)["song"].nunique()
    card = folder / paths.MODELS / paths.CARD
    test_songs = json.loads(card.read_text())["test"]["songs"] if card.is_file() else songs
    if revision.experiment:
        commands = notes.commands_for_experiment(revision.commit, revision.name)
    else:
        commands = notes.commands_for_changes(revision.commit[:10], [], "")
    return notes.run_note(report.describe_result(metrics, test_songs, songs), commands)


def log_revision(revision: "Revision", experiment: str) -> str:
    """Log the training of a revision to an experiment, by its id; returns what was left out.

    Raises:
        InputError: DVC holds its results nowhere.
    """
    import pandas as pd
    from mlflow import MlflowException

    from musicregion.tracking import metric_names, run, training_record

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        missing = revision.fetch(folder)
        written = [name for name in (paths.DETAILS, paths.METRICS) if (folder / name).is_file()]
        if not written or paths.PREDICTIONS.as_posix() in missing:
            raise InputError("neither the cache nor a remote has its results")
        metrics = json.loads((folder / written[0]).read_text())
        params, identity = revision.params, revision.identity
        name = revision.name if revision.experiment else ""
        label = f"{params['model']} {params['features']} {name}".strip()
        tags = {"git.commit": revision.commit, training_record.STAGE: "train", "logged.from": "dvc"}
        tags |= {name: identity[name] for name in ("params.hash", "dataset.md5")}
        tags |= {f"md5 {path}": value for path, value in revision.checksums.items()}
        tags |= {"dvc.experiment": name} if name else {}
        past = run.create_run(experiment, label, tags, moment=revision.time_ms)
        with run.open_run(past):
            training_record.log_start(past, params, identity["dataset.md5"])
            if (folder / paths.HISTORY).is_file():
                for row in pd.read_csv(folder / paths.HISTORY).to_dict("records"):
                    epoch = int(row.pop("epoch"))
                    past.log_metrics(metric_names.epoch_metrics(row), epoch)
            try:
                code = revision.extract_code(folder)
                training_record.log_trained_model(past, folder / paths.MODELS, params, code)
            except (MlflowException, ImportError, OSError) as error:
                missing += [f"{paths.MODELS} ({str(error).strip().splitlines()[0]})"]
            note = describe(revision, metrics, folder)
            training_record.log_end(
                past, params, identity["dataset.md5"], metrics, folder / paths.RESULTS, note
            )
    return f"logged without {', '.join(missing)}" if missing else ""


def log_missing_runs() -> tuple[int, list[str]]:
    """Log every training that has no run; returns how many, and what was left out.

    Raises:
        TrackingError: MLflow's store cannot be used.
    """
    from filelock import FileLock

    from musicregion.tracking import dvc_revisions, store

    known: dict[str, set[tuple[str, ...]]] = {}
    experiments: dict[str, str] = {}
    count, left_out = 0, []
    store.tracking_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(store.tracking_folder() / "log.lock"):  # two at once would log all runs twice
        revisions = dvc_revisions.list_revisions()
        for revision in tqdm(revisions, "log", unit="run", leave=False):
            try:
                identity = tuple(revision.identity.values())
                corpus = revision.params["corpus"]
                if corpus not in known:
                    experiments[corpus] = store.prepare_experiment(corpus)
                    known[corpus] = logged_identities(experiments[corpus])
                if identity in known[corpus]:
                    continue
                missing = log_revision(revision, experiments[corpus])
                known[corpus].add(identity)
                count += 1
            except InputError as error:
                missing = str(error)
            if missing:
                left_out.append(f"{revision.name}: {missing}")
    return count, left_out


def main(arguments: list[str]) -> None:
    """Run the command."""
    argparse.ArgumentParser(
        prog="musicregion log",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    logging.getLogger("dvc").setLevel(logging.ERROR)
    count, left_out = log_missing_runs()
    print(f"log: {count} runs added to MLflow")
    for sentence in left_out:
        print(f"log: {sentence}")
