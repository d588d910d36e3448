"""Where Optuna keeps studies, and how trials whose processes were killed are run again.

MLflow's own storage for Optuna has no heartbeats: it would never notice a killed process.
"""

import os
import time
from datetime import datetime

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from musicregion.tracking import store

BEAT, GRACE = 10, 60  # seconds between heartbeats; and without one, until a trial is given up
RETRIES = 3  # of a trial whose process was killed
BEATING = "heartbeat"  # user attribute: the trial's number, from its first heartbeat on


class Storage(optuna.storages.RDBStorage):
    """Shows in a trial whether it has heartbeats, which Optuna's public interface does not."""

    def record_heartbeat(self, trial_id: int) -> None:
        super().record_heartbeat(trial_id)
        trial = self.get_trial(trial_id)
        if not trial.state.is_finished() and not has_heartbeat(trial):
            try:
                self.set_trial_user_attr(trial_id, BEATING, trial.number)
            except UpdateFinishedTrialError:
                return  # another process has just given it up


def has_heartbeat(trial: FrozenTrial) -> bool:
    """Whether the trial has had a heartbeat of its own; a retry inherits user attributes."""
    return bool(trial.user_attrs.get(BEATING) == trial.number)


def storage_url() -> str:
    """Where studies are kept: OPTUNA_STORAGE, or else SQLite beside MLflow's."""
    return os.environ.get("OPTUNA_STORAGE") or f"sqlite:///{store.tracking_folder() / 'optuna.db'}"


def open_storage(retry: bool = True) -> Storage:
    """The storage; its tables are created if missing. Raises whatever the database raises."""
    try:
        return Storage(
            storage_url(),
            # seconds that a writer waits for others; SQLite's default of 5 is too short for several
            engine_kwargs={"connect_args": {"timeout": 60}} if "sqlite" in storage_url() else None,
            heartbeat_interval=BEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=requeue_lost_trial,
        )
    except Exception:
        if not retry:
            raise
        time.sleep(1)  # if two computers create the tables at once, one fails
        return open_storage(retry=False)


def requeue_lost_trial(study: optuna.Study, trial: FrozenTrial) -> None:
    """Queue a trial whose process was killed again, and end its MLflow run."""
    from musicregion.tuning import mlflow_runs

    mlflow_runs.end_killed_run(trial)
    optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES)(study, trial)


def running_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that run in any process, and those whose process was killed and not yet noticed."""
    return study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))


def requeue_stale_trials(study: optuna.Study) -> None:
    """Queue the trials whose processes were killed again.

    Optuna itself gives up only trials that have had a heartbeat: it would wait forever for one
    whose process was killed between the trial's creation and its first heartbeat.
    """
    optuna.storages.fail_stale_trials(study)
    for trial in running_trials(study):
        if has_heartbeat(trial) or trial.datetime_start is None:
            continue
        if (datetime.now() - trial.datetime_start).total_seconds() > GRACE:
            try:
                study.tell(trial.number, state=TrialState.FAIL)
            except (ValueError, UpdateFinishedTrialError):
                continue  # another process was first, and queues it
            requeue_lost_trial(study, study.trials[trial.number])
