"""One trial of a search: what the sampler suggests, trained and judged, with a run of its own."""

import os
import warnings
from dataclasses import dataclass
from functools import lru_cache

import optuna
from threadpoolctl import threadpool_limits

from musicregion.config.params import Params
from musicregion.dataset import dataset
from musicregion.dataset.dataset import Dataset
from musicregion.models import registry
from musicregion.tracking import store
from musicregion.tracking.run import TrackedRun
from musicregion.tuning import mlflow_runs, objective, study


@dataclass(frozen=True)
class Search:
    """What a process must know to run a trial; all of it can be sent to another machine."""

    settings: Params
    study: str
    experiment: str
    parent: str  # MLflow run
    environment: dict[str, str]  # where the study and its runs are kept
    songs: str  # digest of the files that the data set is made of


@lru_cache(maxsize=1)
def load_songs(features: str, songs: str) -> Dataset:
    """Training and validation songs; read once in a process, and anew where the file is another."""
    return dataset.load_dataset(features).only("train", "validation")


def run_one_trial(search: Search) -> None:
    """Run one trial in this process, wherever that is."""
    os.environ.update(search.environment)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    silence_warnings()
    store.connect()
    songs = load_songs(search.settings.features, search.songs)

    def objective_of(trial: optuna.Trial) -> float:
        with mlflow_runs.open_trial_run(trial, search.experiment, search.parent) as own:
            return try_params(trial, songs, search.settings, own)

    study.run_trial(study.open_study(search.study, search.settings), objective_of)


def try_params(trial: optuna.Trial, songs: Dataset, settings: Params, own: TrackedRun) -> float:
    """songs: training and validation part. own: the trial's run. Returns its value."""
    changes = registry.load_module(settings.model).space(trial)
    trial.set_user_attr("changes", changes)
    own.log_params(changes)

    def report(value: float, step: int) -> None:
        trial.report(value, step)
        if trial.should_prune():
            raise optuna.TrialPruned(f"at step {step}")

    def on_epoch(epoch: int, metrics: dict) -> None:
        own.log_metrics(metrics, epoch)

    with threadpool_limits(1, "blas"):  # as on a cluster's workers: the same sums, bit by bit
        value = objective.evaluate_params(songs, settings.with_changes(changes), report, on_epoch)
    own.log_metrics({"value": value})
    return value


def silence_warnings() -> None:
    """Heartbeats and pictures have been called experimental for years."""
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
