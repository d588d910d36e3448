"""Runs trials of a search until as many have ended as tune.trials says."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from musicregion.config.params import Params
from musicregion.errors import TrainingError

if TYPE_CHECKING:
    from musicregion.tuning.trial import Search


MAX_CRASHES = 3  # trials in a row that crash their workers
PACKAGES = ["keras", "numpy", "optuna", "scikit-learn", "scipy", "tensorflow"]


def study_name(settings: Params, checksums: dict[str, str]) -> str:
    """The study's name: the same for the same search, however many trials are asked for.

    It has a digest of all that decides a trial's value: params, data, code and packages.
    checksums: of the dataset's files, by path.
    """
    from musicregion.models import registry
    from musicregion.storage import cache_key
    from musicregion.tracking import store

    inputs = settings.training_params() | settings.tune.model_dump(exclude={"trials"})
    inputs = {key: value for key, value in inputs.items() if not key.startswith("evaluate.")}
    modules = ["musicregion.tuning.trial", registry.module_name(settings.model)]
    code = cache_key.source_key(settings.split, modules, PACKAGES)
    digest = store.params_digest(inputs | checksums | {"code": code})
    return f"{settings.corpus} {settings.features} {settings.model} {digest}"


def run_search(settings: Params) -> dict[str, Any]:
    """Run the study, here or on the cluster; returns the best trial's changes of params.

    Raises:
        TrackingError: MLflow's or Optuna's storage cannot be used.
        TrainingError: all trials failed.
    """
    from tqdm import tqdm

    from musicregion.compute import dask_cluster
    from musicregion.dataset import loading
    from musicregion.tracking import store
    from musicregion.tuning import mlflow_runs, storage, study, summary, trial

    trial.silence_warnings()
    checksums = loading.dataset_checksums()
    opened = study.open_study(study_name(settings, checksums), settings)
    environment = {
        "MLFLOW_TRACKING_URI": store.tracking_uri(),
        "OPTUNA_STORAGE": storage.storage_url(),
        "DVC_ROOT": str(store.tracking_folder().parent),
    }
    with mlflow_runs.open_search_run(opened, settings, checksums) as (experiment, search_run):
        search = trial.Search(
            settings,
            opened.study_name,
            experiment,
            search_run.run_id,
            environment,
            store.params_digest(checksums),
        )
        wanted = settings.tune.trials
        first = len(opened.trials)  # failures of earlier searches do not count
        with tqdm(desc=f"tune {settings.model}", total=wanted, unit="trial") as bar:

            def missing() -> int:
                bar.n = min(study.count_ended(opened, first), wanted)
                bar.set_postfix_str(mlflow_runs.best_so_far(opened))
                return int(wanted - bar.n)

            while (count := missing()) > 0:
                unassigned = count - study.count_running(opened)
                if unassigned <= 0:
                    study.wait_for_others(opened)
                elif dask_cluster.scheduler_address():
                    search_on_cluster(search, unassigned, missing)
                else:
                    trial.run_one_trial(search, opened)
        storage.requeue_stale_trials(opened)
        if not mlflow_runs.completed_trials(opened):
            reasons = {
                failed.user_attrs.get(study.REASON, failed.state.name) for failed in opened.trials
            }
            raise TrainingError(f"tune: all trials failed: {'; '.join(sorted(reasons))}")
        summary.log_summary(opened, search_run, settings)
        changes: dict[str, Any] = opened.best_trial.user_attrs["changes"]
        return changes


def search_on_cluster(search: "Search", count: int, on_trial: Callable[[], object]) -> None:
    """Run `count` trials on the cluster; on_trial is called after each.

    Raises:
        TrainingError: MAX_CRASHES trials in a row crashed their workers.
    """
    from musicregion.compute import dask_cluster
    from musicregion.errors import TaskDied
    from musicregion.tuning import trial

    crashes = 0
    for result in dask_cluster.map_tasks(trial.run_one_trial, [(search,)] * count, "tune"):
        crashes = crashes + 1 if isinstance(result, TaskDied) else 0
        if crashes == MAX_CRASHES:
            raise TrainingError(
                f"tune: {MAX_CRASHES} trials in a row crashed the workers that ran them. Do these "
                "have enough memory?"
            )
        on_trial()
