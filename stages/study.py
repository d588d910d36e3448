"""An Optuna study that outlives the process: the next run goes on where this one was stopped."""

import os
import time
from collections.abc import Callable

import optuna
from filelock import FileLock
from optuna.trial import TrialState

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


def opened(name: str, settings: Params) -> optuna.Study:
    """The study of this name, made where it is missing.

    Raises:
        SystemExit: the storage cannot be reached.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the progress bar says it
    again = optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES)
    tracking.folder().mkdir(parents=True, exist_ok=True)
    most = settings.tune.folds or settings.train.epochs
    try:
        with FileLock(tracking.folder() / "lock"):  # of several that make one SQLite file, one wins
            storage = optuna.storages.RDBStorage(
                url(),
                heartbeat_interval=BEAT,
                grace_period=GRACE,
                heartbeat_stale_trial_callback=again,
            )
            study = optuna.create_study(
                study_name=name,
                storage=storage,
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


def ended(study: optuna.Study) -> int:
    """How many trials count: finished, pruned, or failed for a reason of their own."""
    return sum(
        trial.state in FINISHED or (trial.state == TrialState.FAIL and REASON in trial.user_attrs)
        for trial in study.get_trials(deepcopy=False)
    )


def busy(study: optuna.Study) -> int:
    """How many trials run in other processes, or did when these were killed."""
    return len(study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)))


def wait(study: optuna.Study) -> None:
    """A second for the others. A trial without signs of life for GRACE seconds is queued again."""
    optuna.storages.fail_stale_trials(study)
    time.sleep(1)


def one(study: optuna.Study, objective: Callable[[optuna.Trial], float]) -> None:
    """Run one trial. One that raises is recorded as failed, with its reason."""

    def guarded(trial: optuna.Trial) -> float:
        try:
            return objective(trial)
        except (KeyboardInterrupt, optuna.TrialPruned):
            raise
        except (Exception, SystemExit) as error:
            trial.set_user_attr(REASON, f"{type(error).__name__}: {error}"[:500])
            raise RuntimeError(str(error)) from error  # SystemExit would end the study

    optuna.storages.fail_stale_trials(study)
    study.optimize(guarded, n_trials=1, catch=(RuntimeError,))
