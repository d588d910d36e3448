"""A search in MLflow: one parent run for the study, one nested run for each trial."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import mlflow
import optuna
from filelock import FileLock
from optuna.trial import FrozenTrial, TrialState

from musicregion.config.params import Params
from musicregion.tracking import run, store, training_record
from musicregion.tracking.tracked_run import TrackedRun

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
            tags |= {"study": study.study_name, training_record.STAGE: "tune"}
            run_id = agree_on_run(study, run.create_run(experiment, label, tags).run_id)
    with run.open_run(TrackedRun(run_id)) as search_run:
        params = settings.training_params()
        training_record.log_start(search_run, params, store.params_digest(checksums))
        # a study that is continued may ask for more trials, and a param cannot change
        search_run.log_params(
            {f"tune.{name}": value for name, value in settings.tune if name != "trials"}
        )
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
    tags = {training_record.STAGE: "trial"}
    trial_run = run.create_run(experiment, f"trial {trial.number}", tags, parent)
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
