"""An Optuna study that outlives its process: the next search continues a stopped one."""

import math
import time
from collections.abc import Callable

import optuna
from filelock import FileLock
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from musicregion.config.params import Params
from musicregion.config.sections import Tune
from musicregion.errors import TrackingError
from musicregion.tracking import store
from musicregion.tuning import sampler
from musicregion.tuning.storage import open_storage, requeue_stale_trials, running_trials

REASON = "reason"  # user attribute: why a trial failed; one that was killed has none
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


def make_pruner(settings: Tune, max_steps: int) -> optuna.pruners.BasePruner:
    """The pruner that tune.pruner names. max_steps: the most steps that a trial reports."""
    match settings.pruner:
        case "hyperband":
            return optuna.pruners.HyperbandPruner(max_resource=max_steps)
        case "none":
            return optuna.pruners.NopPruner()
    return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3)


def open_study(name: str, settings: Params) -> optuna.Study:
    """The study of this name, created if missing.

    Raises:
        TrackingError: Optuna's storage cannot be used.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the progress bar shows the rest
    store.tracking_folder().mkdir(parents=True, exist_ok=True)
    max_steps = settings.tune.folds or settings.train.epochs
    try:
        # if several processes create one SQLite file at once, all but one fail
        with FileLock(store.tracking_folder() / "lock"):
            study = optuna.create_study(
                study_name=name,
                storage=open_storage(),
                direction="maximize",
                load_if_exists=True,
                pruner=make_pruner(settings.tune, max_steps),
            )
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        raise TrackingError(
            f"tune: Optuna's storage cannot be used: {reason}. Correct OPTUNA_STORAGE, or unset it "
            "to use SQLite in mlruns/."
        ) from None
    study.sampler = sampler.SeededByTrialNumber(settings.tune)
    return study


def count_ended(study: optuna.Study, first: int = 0) -> int:
    """How many trials count as done: complete, pruned, or failed with a REASON.

    first: failures of trials before this number do not count, as their cause may be gone by now.
    """
    return sum(
        trial.state in FINISHED
        or (trial.state == TrialState.FAIL and REASON in trial.user_attrs and trial.number >= first)
        for trial in study.get_trials(deepcopy=False)
    )


def count_running(study: optuna.Study) -> int:
    """How many trials run in other processes, those killed and not yet noticed included."""
    return len(running_trials(study))


def wait_for_others(study: optuna.Study) -> None:
    """Wait a second for other processes, and queue the trials of killed ones again."""
    requeue_stale_trials(study)
    time.sleep(1)


def run_trial(study: optuna.Study, objective: Callable[[optuna.Trial], float]) -> None:
    """Run one trial. If the objective raises, the trial is recorded as failed, with a REASON.

    An interrupted trial is queued again, and the KeyboardInterrupt passed on.
    """
    number = None

    def record_failure(trial: optuna.Trial) -> float:
        nonlocal number
        number = trial.number
        try:
            value = objective(trial)
            if not math.isfinite(value):
                raise ValueError(f"the objective is {value}")
            return value
        except KeyboardInterrupt:
            study.enqueue_trial(trial.params)  # the next search begins with it
            raise
        except (optuna.TrialPruned, UpdateFinishedTrialError):
            raise
        except Exception as error:
            trial.set_user_attr(REASON, f"{type(error).__name__}: {error}"[:500])
            raise RuntimeError(str(error)) from error

    requeue_stale_trials(study)
    try:
        study.optimize(record_failure, n_trials=1, catch=(RuntimeError,))
    except (AssertionError, ValueError, UpdateFinishedTrialError):
        # After a sleep of this computer: other processes took the trial for killed and queued it
        # again. Optuna refuses its result; an assertion of its own can hide the ValueError.
        if number is None or study.trials[number].state == TrialState.RUNNING:
            raise
