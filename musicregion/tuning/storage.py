"""Where Optuna keeps studies, and trials whose processes were killed: they are queued again."""

import os
import time
from datetime import datetime

import optuna
from optuna.trial import FrozenTrial, TrialState

from musicregion.tracking import store

BEAT, GRACE = 10, 60  # seconds between signs of life, and without one until a trial is given up
RETRIES = 3  # of a trial whose process was killed
STARTED = "started"  # of a trial: its objective was called, so it gives signs of life


def storage_url() -> str:
    """Where studies are kept: OPTUNA_STORAGE, or else SQLite beside MLflow's."""
    return os.environ.get("OPTUNA_STORAGE") or f"sqlite:///{store.tracking_folder() / 'optuna.db'}"


def open_storage(again: bool = True) -> optuna.storages.RDBStorage:
    """The storage, with its tables. Raises whatever the database raises."""
    try:
        return optuna.storages.RDBStorage(
            storage_url(),
            # seconds that a writer waits for another; SQLite's own 5 are few for several
            engine_kwargs={"connect_args": {"timeout": 60}} if "sqlite" in storage_url() else None,
            heartbeat_interval=BEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=requeue_lost_trial,
        )
    except Exception:
        if not again:
            raise
        time.sleep(1)  # of two computers that make the tables at once, one fails
        return open_storage(again=False)


def requeue_lost_trial(study: optuna.Study, trial: FrozenTrial) -> None:
    """A trial whose process was killed: its run is ended, and it is queued again."""
    from musicregion.tuning import mlflow_runs

    mlflow_runs.end_killed_run(trial)
    optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES)(study, trial)


def running_trials(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))


def requeue_stale_trials(study: optuna.Study) -> None:
    """Queue again the trials whose processes were killed.

    Optuna knows those that gave a sign of life before. A kill between a trial's beginning and its
    first sign leaves one that it would wait for for ever.
    """
    optuna.storages.fail_stale_trials(study)
    for trial in running_trials(study):
        age = (datetime.now() - trial.datetime_start).total_seconds()
        if STARTED not in trial.user_attrs and age > GRACE:
            study.tell(trial.number, state=TrialState.FAIL)
            requeue_lost_trial(study, study.trials[trial.number])
