"""A search in MLflow: one parent run for the study, one nested run for each trial."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mlflow
import optuna
import yaml
from filelock import FileLock
from optuna.trial import FrozenTrial, TrialState

from musicregion.config.params import Params
from musicregion.tracking import run, store
from musicregion.tracking.run import TrackedRun
from musicregion.tuning import plots

SETTLE = 2  # seconds in which another computer, which also saw no run, has named its own
RUN = "mlflow_run"  # user attribute of a study and of a trial: its run's id


def completed_trials(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def best_so_far(study: optuna.Study) -> str:
    """The best value for the progress bar; empty if no trial has completed."""
    return f"best {study.best_value:.4f}" if completed_trials(study) else ""


@contextmanager
def open_search_run(
    study: optuna.Study, settings: Params, checksums: dict[str, str]
) -> Iterator[tuple[str, TrackedRun]]:
    """The experiment's id and the study's run, for the time of the block.

    A study that is continued also continues its run. checksums: of the dataset's files.

    Raises:
        TrackingError: the store cannot be used.
    """
    experiment = store.prepare_experiment(settings.corpus)
    with FileLock(store.tracking_folder() / "lock"):  # one process of this computer makes the run
        run_id = study.user_attrs.get(RUN, "")
        if not run_exists(run_id):
            label = f"search {settings.model} {settings.features}"
            tags = store.run_tags(settings.training_params(), checksums)
            tags["study"] = study.study_name
            run_id = agree_on_run(study, run.create_run(experiment, label, tags).run_id)
    with run.open_run(TrackedRun(run_id)) as search_run:
        search_run.set_tags(settings.tune.model_dump())
        yield experiment, search_run


def agree_on_run(study: optuna.Study, created: str) -> str:
    """The id of the run that all computers use, if several created one at once: the last named.

    Optuna's storage has no atomic "set if missing", so each computer looks again after a pause.
    created: the id of the run that this process created; it is deleted if it is not chosen.
    """
    if not run_exists(study.user_attrs.get(RUN, "")):
        study.set_user_attr(RUN, created)
        time.sleep(SETTLE)
    chosen: str = study.user_attrs[RUN]
    if chosen != created:
        mlflow.MlflowClient().delete_run(created)
    return chosen


def run_exists(run_id: str) -> bool:
    """Whether the store has this run, and it is not deleted."""
    try:
        run = mlflow.MlflowClient().get_run(run_id)
    except mlflow.MlflowException:
        return False
    return bool(run.info.lifecycle_stage == "active")


def end_killed_run(trial: FrozenTrial) -> None:
    """End the run of a trial whose process was killed."""
    run_id = trial.user_attrs.get(RUN, "")
    with suppress(mlflow.MlflowException):  # the server may be down
        if run_exists(run_id):
            mlflow.MlflowClient().set_terminated(run_id, "KILLED")


@contextmanager
def open_trial_run(trial: optuna.Trial, experiment: str, parent: str) -> Iterator[TrackedRun]:
    """A trial's run for the time of the block; tags record whether the trial completed.

    experiment: its id; parent: the id of the study's run.
    """
    trial_run = run.create_run(experiment, f"trial {trial.number}", {}, parent)
    trial.set_user_attr(RUN, trial_run.run_id)
    with run.open_run(trial_run):
        try:
            yield trial_run
        except optuna.TrialPruned as pruned:
            trial_run.set_tags({"state": "pruned", "pruned": str(pruned)})
        except Exception as error:
            trial_run.set_tags({"state": "failed", "reason": str(error)[:5000]})
            raise
        else:
            trial_run.set_tags({"state": "complete"})
            return
    raise optuna.TrialPruned  # after the run has ended as finished: pruning is no failure


def log_summary(study: optuna.Study, search_run: TrackedRun) -> None:
    """Log the study's best params, table of trials and plots to its run."""
    best = study.best_trial
    search_run.set_tags({"best_trial": best.number})
    values = {"best_value": study.best_value, "trials": len(study.trials)}
    search_run.log_metrics(values, len(study.trials))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "best_params.yaml").write_text(yaml.safe_dump(best.user_attrs["changes"]))
        table = study.trials_dataframe(("number", "value", "duration", "state", "params"))
        table.to_csv(folder / "trials.csv", index=False)
        plots.plot_search(study, folder)
        search_run.log_artifacts(folder, "search")
