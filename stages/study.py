"""An Optuna study that outlives the process: the next run goes on where this one was stopped."""

import math
import os
import time
from collections.abc import Callable
from datetime import datetime

import optuna
from filelock import FileLock
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import text

from stages import sampler, tracking
from stages.params import Params
from stages.sections import Tune

BEAT, GRACE = 10, 60  # seconds between signs of life, and without one until a trial is given up
RETRIES = 3  # of a trial whose process was killed
REASON = "reason"  # why a trial failed; one that was killed has none
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


def url() -> str:
    """Where studies are kept: OPTUNA_STORAGE, or else SQLite beside MLflow's."""
    return os.environ.get("OPTUNA_STORAGE") or f"sqlite:///{tracking.folder() / 'optuna.db'}"


def pruner(settings: Tune, epochs: int) -> optuna.pruners.BasePruner:
    """epochs: the most that a trial may report."""
    match settings.pruner:
        case "hyperband":
            return optuna.pruners.HyperbandPruner(max_resource=epochs)
        case "none":
            return optuna.pruners.NopPruner()
    return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3)


def stored(again: bool = True) -> optuna.storages.RDBStorage:
    """The storage, with its tables. Raises whatever the database raises."""
    try:
        return optuna.storages.RDBStorage(
            url(),
            # seconds that a writer waits for another; SQLite's own 5 are few for several
            engine_kwargs={"connect_args": {"timeout": 60}} if "sqlite" in url() else None,
            heartbeat_interval=BEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=lost,
        )
    except Exception:
        if not again:
            raise
        time.sleep(1)  # of two computers that make the tables at once, one fails
        return stored(again=False)


def opened(name: str, settings: Params) -> optuna.Study:
    """The study of this name, made where it is missing.

    Raises:
        SystemExit: the storage cannot be reached.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the progress bar says it
    tracking.folder().mkdir(parents=True, exist_ok=True)
    most = settings.tune.folds or settings.train.epochs
    try:
        with FileLock(tracking.folder() / "lock"):  # of several that make one SQLite file, one wins
            study = optuna.create_study(
                study_name=name,
                storage=stored(),
                direction="maximize",
                load_if_exists=True,
                pruner=pruner(settings.tune, most),
            )
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        raise SystemExit(
            f"tune: the studies' storage cannot be used: {reason}. "
            "See OPTUNA_STORAGE, or unset it for SQLite in mlruns/."
        ) from None
    study.sampler = sampler.ByNumber(settings.tune)
    return study


def lost(study: optuna.Study, trial: FrozenTrial) -> None:
    """A trial whose process was killed: its run is ended, and it is queued again."""
    from stages import search_run

    search_run.killed(trial)
    optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES)(study, trial)


def ended(study: optuna.Study, begun: int = 0) -> int:
    """How many trials count: finished, pruned, or failed for a reason of their own.

    begun: failures of trials before this number do not count: what was wrong may be mended.
    """
    return sum(
        trial.state in FINISHED
        or (trial.state == TrialState.FAIL and REASON in trial.user_attrs and trial.number >= begun)
        for trial in study.get_trials(deepcopy=False)
    )


def running(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))


def busy(study: optuna.Study) -> int:
    """How many trials run in other processes, or did when these were killed."""
    return len(running(study))


def wait(study: optuna.Study) -> None:
    """A second for the others. A trial without signs of life for GRACE seconds is queued again."""
    settle(study)
    time.sleep(1)


def settle(study: optuna.Study) -> None:
    """Queue again the trials whose processes were killed.

    Optuna knows those that gave a sign of life before. A kill between a trial's beginning and its
    first sign leaves one that it would wait for for ever.
    """
    optuna.storages.fail_stale_trials(study)
    storage = study._storage  # there is no public way to the storage's own clock and beats
    with storage._backend.engine.connect() as connection:
        beats = set(connection.execute(text("SELECT trial_id FROM trial_heartbeats")).scalars())
    for trial in running(study):
        age = (datetime.now() - trial.datetime_start).total_seconds()
        if trial._trial_id not in beats and age > GRACE:
            storage.set_trial_state_values(trial._trial_id, TrialState.FAIL)
            lost(study, study.trials[trial.number])


def one(study: optuna.Study, objective: Callable[[optuna.Trial], float]) -> None:
    """Run one trial. One that raises is recorded as failed, with its reason."""
    number = None

    def guarded(trial: optuna.Trial) -> float:
        nonlocal number
        number = trial.number
        try:
            value = objective(trial)
            if not math.isfinite(value):
                raise ValueError(f"the objective is {value}")
            return value
        except KeyboardInterrupt:
            study.enqueue_trial(trial.params)  # the next run begins with it
            raise
        except (optuna.TrialPruned, optuna.exceptions.UpdateFinishedTrialError):
            raise
        except (Exception, SystemExit) as error:
            trial.set_user_attr(REASON, f"{type(error).__name__}: {error}"[:500])
            raise RuntimeError(str(error)) from error  # SystemExit would end the study

    settle(study)
    try:
        study.optimize(guarded, n_trials=1, catch=(RuntimeError,))
    except (ValueError, optuna.exceptions.UpdateFinishedTrialError):
        # a machine that slept: others took this trial for dead, and have queued it again
        if number is None or study.trials[number].state == TrialState.RUNNING:
            raise
