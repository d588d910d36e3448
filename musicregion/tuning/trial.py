"""One trial of a search: trains with the params that the sampler suggests, in a run of its own."""

import os
import warnings
from dataclasses import dataclass
from functools import lru_cache

import optuna
from threadpoolctl import threadpool_limits

from musicregion.config.params import Params
from musicregion.dataset import loading
from musicregion.dataset.dataset import Dataset
from musicregion.models import registry
from musicregion.tracking import metric_names, store
from musicregion.tracking.tracked_run import TrackedRun
from musicregion.tuning import mlflow_runs, objective, study


@dataclass(frozen=True)
class Search:
    """What a process needs to run a trial; can be pickled and sent to another machine."""

    settings: Params
    study: str  # its name
    experiment: str  # MLflow experiment id
    parent: str  # MLflow run id of the study
    environment: dict[str, str]  # variables that say where the study and its runs are kept
    dataset: str  # digest of the files that the dataset is read from


@lru_cache(maxsize=1)
def load_songs(kinds: tuple[str, ...], digest: str) -> Dataset:
    """Training and validation songs; read once in a process, and again when the digest changes."""
    return loading.load_dataset(kinds).only("train", "validation")


def run_one_trial(search: Search, opened: optuna.Study | None = None) -> None:
    """Run one trial in this process, on any machine. opened: the study, where it is open already.

    To open it takes longer than many a trial: a connection, and a look at the database's schema.
    """
    os.environ.update(search.environment)
    silence_warnings()
    store.connect()
    data = load_songs(search.settings.kinds, search.dataset)

    def run_objective(trial: optuna.Trial) -> float:
        with mlflow_runs.open_trial_run(trial, search.experiment, search.parent) as trial_run:
            return try_params(trial, data, search.settings, trial_run)

    study.run_trial(opened or study.open_study(search.study, search.settings), run_objective)


def try_params(
    trial: optuna.Trial, data: Dataset, settings: Params, trial_run: TrackedRun
) -> float:
    """Evaluate the params that the sampler suggests; returns the trial's value.

    data: the training and validation parts alone.

    Raises:
        optuna.TrialPruned: the value so far is not promising.
    """
    changes = registry.load_module(settings.model).space(trial)
    trial.set_user_attr("changes", changes)
    trial_run.log_params(changes)

    def report(value: float, step: int) -> None:
        trial.report(value, step)
        if trial.should_prune():
            raise optuna.TrialPruned(f"at step {step}")

    def on_epoch(epoch: int, metrics: dict[str, float]) -> None:
        trial_run.log_metrics(metric_names.epoch_metrics(metrics), epoch)

    # one thread, as on a cluster's workers, so that sums are equal to the last bit
    with threadpool_limits(1, "blas"):
        value = objective.evaluate_params(data, settings.with_changes(changes), report, on_epoch)
    trial_run.log_metrics({metric_names.SEARCH_VALUE: value})
    return value


def silence_warnings() -> None:
    """Silence Optuna's warning that heartbeats and plots are experimental, as for years."""
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
