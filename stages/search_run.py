"""A search in MLflow: one parent run for the study, one nested run for each trial."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import optuna
import yaml
from filelock import FileLock
from optuna.trial import FrozenTrial, TrialState

from stages import search_plots, tracking
from stages.params import Params
from stages.study import REASON

PARENT = "mlflow_run"  # of a study: the parent run's id, so that a resumed study goes on in it
RUN = "mlflow_run"  # of a trial


def complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def best_so_far(study: optuna.Study) -> str:
    return f"best {study.best_value:.4f}" if complete(study) else ""


@contextmanager
def parent(
    study: optuna.Study, settings: Params, fingerprints: dict[str, str]
) -> Iterator[mlflow.ActiveRun]:
    """The study's run, open for the time of the block; the one of earlier, where there is one."""
    experiment = tracking.prepare(settings.corpus)
    client = mlflow.MlflowClient()
    with FileLock(tracking.folder() / "lock"):  # of two that search at once, one makes it
        run_id = study.user_attrs.get(PARENT)
        if run_id is None:
            label = f"search {settings.model} {settings.features}"
            tags = tracking.tags(settings.chosen(), fingerprints) | {"study": study.study_name}
            tags["mlflow.runName"] = label
            run_id = client.create_run(experiment, tags=tags, run_name=label).info.run_id
            study.set_user_attr(PARENT, run_id)
    for trial in study.trials:  # of a process that was killed
        if trial.state == TrialState.FAIL and REASON not in trial.user_attrs:
            stale = trial.user_attrs.get(RUN)
            if stale and client.get_run(stale).info.status == "RUNNING":
                client.set_terminated(stale, "KILLED")
    with mlflow.start_run(run_id=run_id) as active:
        mlflow.set_tags(settings.tune.model_dump())
        yield active


@contextmanager
def nested(trial: optuna.Trial) -> Iterator[mlflow.ActiveRun]:
    """A trial's run, open for the time of the block: its state, and how it ended."""
    with mlflow.start_run(run_name=f"trial {trial.number}", nested=True) as active:
        trial.set_user_attr(RUN, active.info.run_id)
        try:
            yield active
        except optuna.TrialPruned as pruned:
            mlflow.set_tags({"state": "pruned", "pruned": str(pruned)})
        except (Exception, SystemExit) as error:
            mlflow.set_tags({"state": "failed", "reason": str(error)[:5000]})
            raise
        else:
            mlflow.set_tag("state", "complete")
            return
    raise optuna.TrialPruned  # a run that was pruned has finished, and is no failure


def summary(study: optuna.Study) -> None:
    """What the study found, as params, metrics and pictures of the open run."""
    best = study.best_trial
    mlflow.set_tag("best_trial", best.number)
    mlflow.log_metrics({"best_value": best.value, "trials": len(study.trials)})
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "best_params.yaml").write_text(yaml.safe_dump(best.user_attrs["changes"]))
        table = study.trials_dataframe(("number", "value", "duration", "state", "params"))
        table.to_csv(folder / "trials.csv", index=False)
        search_plots.draw(study, folder)
        mlflow.log_artifacts(temporary, "search")
