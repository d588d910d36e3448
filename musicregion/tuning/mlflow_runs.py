"""A search in MLflow: one parent run for the study, one nested run for each trial."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mlflow
import optuna
import yaml
from filelock import FileLock
from optuna.trial import FrozenTrial, TrialState

from musicregion.config.params import Params
from musicregion.tracking import run, store
from musicregion.tracking.run import TrackedRun
from musicregion.tuning import plots

SETTLE = 2  # seconds, in which another computer that saw no run has named its own
RUN = "mlflow_run"  # of a study, so that a resumed one goes on in it; of a trial


def completed_trials(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def best_so_far(study: optuna.Study) -> str:
    return f"best {study.best_value:.4f}" if completed_trials(study) else ""


@contextmanager
def open_search_run(
    study: optuna.Study, settings: Params, fingerprints: dict[str, str]
) -> Iterator[tuple[str, TrackedRun]]:
    """The experiment's id and the study's run, the one of earlier where there is one.

    Raises:
        TrackingError: the store cannot be used.
    """
    experiment = store.prepare_experiment(settings.corpus)
    with FileLock(store.tracking_folder() / "lock"):  # of two that search at once, one makes it
        run_id = study.user_attrs.get(RUN, "")
        if not run_exists(run_id):
            label = f"search {settings.model} {settings.features}"
            tags = store.run_tags(settings.training_params(), fingerprints) | {
                "study": study.study_name
            }
            run_id = agree_on_run(study, run.create_run(experiment, label, tags).run_id)
    with run.open_run(TrackedRun(run_id)) as opened:
        opened.set_tags(settings.tune.model_dump())
        yield experiment, opened


def agree_on_run(study: optuna.Study, own: str) -> str:
    """The run that all computers of a study use, of those that they made at once: the last named.

    Nothing that Optuna stores can be set by one alone: each looks again, after the others.
    """
    if not run_exists(study.user_attrs.get(RUN, "")):
        study.set_user_attr(RUN, own)
        time.sleep(SETTLE)
    chosen = study.user_attrs[RUN]
    if chosen != own:
        mlflow.MlflowClient().delete_run(own)
    return chosen


def run_exists(run_id: str) -> bool:
    """Whether the store has this run: one of another store, or a deleted one, it has not."""
    try:
        return mlflow.MlflowClient().get_run(run_id).info.lifecycle_stage == "active"
    except mlflow.MlflowException:
        return False


def end_killed_run(trial: FrozenTrial) -> None:
    """End the run of a trial whose process was killed."""
    run_id = trial.user_attrs.get(RUN, "")
    with suppress(mlflow.MlflowException):  # the server may be gone, too
        if run_exists(run_id):
            mlflow.MlflowClient().set_terminated(run_id, "KILLED")


@contextmanager
def open_trial_run(trial: optuna.Trial, experiment: str, parent: str) -> Iterator[TrackedRun]:
    """A trial's run, for the time of the block: its state, and how it ended."""
    own = run.create_run(experiment, f"trial {trial.number}", {}, parent)
    trial.set_user_attr(RUN, own.run_id)
    with run.open_run(own):
        try:
            yield own
        except optuna.TrialPruned as pruned:
            own.set_tags({"state": "pruned", "pruned": str(pruned)})
        except Exception as error:
            own.set_tags({"state": "failed", "reason": str(error)[:5000]})
            raise
        else:
            own.set_tags({"state": "complete"})
            return
    raise optuna.TrialPruned  # out here, since a run that was pruned has finished and is no failure


def log_summary(study: optuna.Study, own: TrackedRun) -> None:
    """What the study found, as metrics, tables and pictures of its run."""
    best = study.best_trial
    own.set_tags({"best_trial": best.number})
    own.log_metrics({"best_value": best.value, "trials": len(study.trials)}, len(study.trials))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "best_params.yaml").write_text(yaml.safe_dump(best.user_attrs["changes"]))
        table = study.trials_dataframe(("number", "value", "duration", "state", "params"))
        table.to_csv(folder / "trials.csv", index=False)
        plots.plot_search(study, folder)
        own.log_artifacts(folder, "search")
