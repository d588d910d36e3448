"""An Optuna study that outlives the process: the next run goes on where this one was stopped."""

import math
import time
from collections.abc import Callable

import optuna
from filelock import FileLock
from optuna.trial import TrialState

from musicregion.config.params import Params
from musicregion.config.sections import Tune
from musicregion.errors import TrackingError
from musicregion.tracking import store
from musicregion.tuning import sampler
from musicregion.tuning.storage import (
    STARTED,
    open_storage,
    requeue_stale_trials,
    running_trials,
)

REASON = "reason"  # why a trial failed; one that was killed has none
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


def make_pruner(settings: Tune, epochs: int) -> optuna.pruners.BasePruner:
    """epochs: the most that a trial may report."""
    match settings.pruner:
        case "hyperband":
            return optuna.pruners.HyperbandPruner(max_resource=epochs)
        case "none":
            return optuna.pruners.NopPruner()
    return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3)


def open_study(name: str, settings: Params) -> optuna.Study:
    """The study of this name, made where it is missing.

    Raises:
        TrackingError: the storage cannot be reached.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the progress bar says it
    store.tracking_folder().mkdir(parents=True, exist_ok=True)
    most = settings.tune.folds or settings.train.epochs
    try:
        # of several that make one SQLite file, one wins
        with FileLock(store.tracking_folder() / "lock"):
            study = optuna.create_study(
                study_name=name,
                storage=open_storage(),
                direction="maximize",
                load_if_exists=True,
                pruner=make_pruner(settings.tune, most),
            )
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        raise TrackingError(
            f"tune: the studies' storage cannot be used: {reason}. "
            "See OPTUNA_STORAGE, or unset it for SQLite in mlruns/."
        ) from None
    study.sampler = sampler.SeededByTrialNumber(settings.tune)
    return study


def count_ended(study: optuna.Study, begun: int = 0) -> int:
    """How many trials count: finished, pruned, or failed for a reason of their own.

    begun: failures of trials before this number do not count: what was wrong may be mended.
    """
    return sum(
        trial.state in FINISHED
        or (trial.state == TrialState.FAIL and REASON in trial.user_attrs and trial.number >= begun)
        for trial in study.get_trials(deepcopy=False)
    )


def count_running(study: optuna.Study) -> int:
    """How many trials run in other processes, or did when these were killed."""
    return len(running_trials(study))


def wait_for_others(study: optuna.Study) -> None:
    """Give the others a second; a trial without signs of life is queued again."""
    requeue_stale_trials(study)
    time.sleep(1)


def run_trial(study: optuna.Study, objective: Callable[[optuna.Trial], float]) -> None:
    """Run one trial. One that raises is recorded as failed, with its reason."""
    number = None

    def guarded(trial: optuna.Trial) -> float:
        nonlocal number
        number = trial.number
        trial.set_user_attr(STARTED, True)
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
        except Exception as error:
            trial.set_user_attr(REASON, f"{type(error).__name__}: {error}"[:500])
            raise RuntimeError(str(error)) from error

    requeue_stale_trials(study)
    try:
        study.optimize(guarded, n_trials=1, catch=(RuntimeError,))
    except (ValueError, optuna.exceptions.UpdateFinishedTrialError):
        # a machine that slept: others took this trial for dead, and have queued it again
        if number is None or study.trials[number].state == TrialState.RUNNING:
            raise
