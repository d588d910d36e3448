"""The result of a search in MLflow: its best params, its trials, and how they compare."""

import tempfile
from contextlib import suppress
from pathlib import Path

import mlflow
import optuna
import yaml

from musicregion.config.params import Params
from musicregion.tracking import leaderboard, metric_names, notes, saved_views
from musicregion.tracking.tracked_run import TrackedRun
from musicregion.tuning import plots


def log_summary(study: optuna.Study, search_run: TrackedRun, settings: Params) -> None:
    """Log the study's best params, table of trials and plots to its run."""
    best = study.best_trial
    changes: dict[str, object] = best.user_attrs["changes"]
    values = {metric_names.SEARCH_VALUE: study.best_value, "search/trials": len(study.trials)}
    search_run.log_metrics(values, len(study.trials))
    changed = ", ".join(f"{name}={value}" for name, value in changes.items())
    sentence = (
        f"tune: the best of {len(study.trials)} trials is trial {best.number}, with "
        f"{settings.tune.objective} {study.best_value:.4f} at {changed}. "
        f"[The trials as parallel coordinates]({log_trials_view(search_run, list(changes))})"
    )
    search_run.set_tags(
        {f"best {name}": value for name, value in changes.items()}
        | {"best trial": best.number, notes.NOTE: notes.run_note(sentence, notes.commands_now())}
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "best_params.yaml").write_text(yaml.safe_dump(changes))
        table = study.trials_dataframe(("number", "value", "duration", "state", "params"))
        table.to_csv(folder / "trials.csv", index=False)
        plots.plot_search(study, folder)
        search_run.log_artifacts(folder, "search")


def log_trials_view(search_run: TrackedRun, params: list[str]) -> str:
    """Save a view of the search's trials; returns its address, without the server's.

    params: that differ between trials.
    """
    view = leaderboard.trials_view(search_run.run_id, params)
    with suppress(mlflow.MlflowException):  # the server may be down
        experiment = search_run.client.get_run(search_run.run_id).info.experiment_id
        saved_views.save_view(search_run.client, experiment, search_run.run_id, view)
        return saved_views.view_path(experiment, search_run.run_id, charts=True)
    return ""
