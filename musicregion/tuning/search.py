"""A search for better params: runs trials until as many have ended as are wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from musicregion.config.params import Params
from musicregion.errors import TrainingError

if TYPE_CHECKING:
    from musicregion.tuning.trial import Search


FATAL = 3  # trials in a row that kill their workers
PACKAGES = ["keras", "numpy", "optuna", "scikit-learn", "scipy", "tensorflow"]


def study_name(settings: Params, fingerprints: dict[str, str]) -> str:
    """The study's: the same for the same question, however many trials are asked for."""
    from musicregion.models import registry
    from musicregion.storage import cache_key
    from musicregion.tracking import store

    question = settings.training_params() | settings.tune.model_dump(exclude={"trials"})
    question = {key: value for key, value in question.items() if not key.startswith("evaluate.")}
    # what decides a trial's value: another study, where any of it is another
    modules = ["musicregion.tuning.trial", registry.module_name(settings.model)]
    code = cache_key.source_key(settings.split, modules, PACKAGES)
    asked = store.params_digest(question | fingerprints | {"code": code})
    return f"{settings.corpus} {settings.features} {settings.model} {asked}"


def run_search(settings: Params) -> dict[str, object]:
    """Run the study, here or on the cluster; the best trial's changes of params.

    Raises:
        TrainingError: all trials failed.
    """
    from tqdm import tqdm

    from musicregion.compute import dask_cluster
    from musicregion.dataset import dataset
    from musicregion.tracking import store
    from musicregion.tuning import mlflow_runs, storage, study, trial

    trial.silence_warnings()
    fingerprints = dataset.dataset_checksums(settings.features)
    found = study.open_study(study_name(settings, fingerprints), settings)
    wanted = settings.tune.trials
    where = {"MLFLOW_TRACKING_URI": store.tracking_uri(), "OPTUNA_STORAGE": storage.storage_url()}
    with mlflow_runs.open_search_run(found, settings, fingerprints) as (experiment, own):
        asked = trial.Search(
            settings,
            found.study_name,
            experiment,
            own.run_id,
            where | {"DVC_ROOT": str(store.tracking_folder().parent)},
            store.params_digest(fingerprints),
        )
        begun = len(found.trials)  # failures of earlier runs are tried again, not counted
        with tqdm(desc=f"tune {settings.model}", total=wanted, unit="trial") as bar:

            def missing() -> int:
                bar.n = min(study.count_ended(found, begun), wanted)
                bar.set_postfix_str(mlflow_runs.best_so_far(found))
                return wanted - bar.n

            while (count := missing()) > 0:
                free = count - study.count_running(found)
                if free <= 0:
                    study.wait_for_others(found)
                elif dask_cluster.scheduler_address():
                    search_on_cluster(asked, free, missing)
                else:
                    trial.run_one_trial(asked)
        storage.requeue_stale_trials(found)
        if not mlflow_runs.completed_trials(found):
            reasons = {one.user_attrs.get(study.REASON, one.state.name) for one in found.trials}
            raise TrainingError(f"tune: all trials failed: {'; '.join(sorted(reasons))}")
        mlflow_runs.log_summary(found, own)
        return found.best_trial.user_attrs["changes"]


def search_on_cluster(asked: "Search", count: int, show: Callable[[], int]) -> None:
    """Run trials on the cluster.

    Raises:
        TrainingError: trials kill the workers, one after the other.
    """
    from musicregion.compute import dask_cluster
    from musicregion.errors import TaskDied
    from musicregion.tuning import trial

    died = 0
    for result in dask_cluster.map_tasks(trial.run_one_trial, [(asked,)] * count, "tune"):
        died = died + 1 if isinstance(result, TaskDied) else 0
        if died == FATAL:
            raise TrainingError(
                f"tune: {FATAL} trials in a row killed the workers that ran them; do these have "
                "enough memory?"
            )
        show()
