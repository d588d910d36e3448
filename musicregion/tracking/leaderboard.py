"""Which model is best: the view of a corpus's runs in MLflow, and the view of a search's trials."""

from mlflow import MlflowClient

from musicregion.tracking import store
from musicregion.tracking.metric_names import HEADLINE, SEARCH_VALUE
from musicregion.tracking.notes import NOTE
from musicregion.tracking.saved_views import (
    View,
    chart,
    column,
    parallel_chart,
    save_view,
    section,
    set_experiment_tags,
    view_path,
)
from musicregion.tracking.training_record import STAGE

NAME = "leaderboard"
LOCAL_SERVER = "http://127.0.0.1:5000"
COLUMNS = {  # in order, with their widths in pixels
    column("params", "model"): 110,
    column("params", "features"): 80,
    column("metrics", HEADLINE): 180,
    column("metrics", "test/song/accuracy"): 150,
    column("metrics", "test/song/accuracy_low"): 180,
    column("metrics", "test/song/accuracy_high"): 180,
    column("metrics", "test/song/macro_f1"): 150,
    column("attributes", "Duration"): 100,
    column("attributes", "Dataset"): 180,
}
CHARTS = {  # by section, in order
    "validation/song": ("accuracy", "macro_f1"),
    "validation/segment": ("accuracy", "macro_f1"),
    "test/song": ("accuracy", "macro_f1"),
    "test/segment": ("accuracy", "macro_f1"),
    "calibration/song": ("error_before", "error_after", "temperature"),
    "calibration/segment": ("error_before", "error_after", "temperature"),
    "training": ("loss", "validation_loss", "accuracy", "validation_accuracy"),
}
BOUNDS = ("accuracy_low", "accuracy_high", "majority_accuracy")  # columns, but no charts


def runs_view() -> View:
    """Trainings, the best by validation songs first."""
    charts = [
        chart("LINE" if path == "training" else "BAR", f"{path}/{name}")
        for path, names in CHARTS.items()
        for name in names
    ]
    for path in CHARTS:
        if path.endswith(("song", "segment")) and not path.startswith("calibration"):
            charts += [chart("BAR", f"{path}/{name}", hidden=True) for name in BOUNDS]
    return {
        "searchFilter": f"tags.{STAGE} = 'train'",
        "orderByKey": column("metrics", HEADLINE),
        "orderByAsc": False,
        "selectedColumns": list(COLUMNS),
        "columnOrder": list(COLUMNS),
        "columnWidths": COLUMNS,
        "compareRunCharts": charts,
        "compareRunSections": [section(path, 2) for path in CHARTS],
        "isAccordionReordered": True,  # or else MLflow sorts the sections by name
    }


def trials_view(search_run: str, params: list[str]) -> View:
    """The trials of a search, the best first, as parallel coordinates.

    search_run: the id of the search's run; params: that differ between trials.
    """
    value = column("metrics", SEARCH_VALUE)
    columns = [value, *(column("params", name) for name in params)]
    return {
        "searchFilter": f"tags.mlflow.parentRunId = '{search_run}'",
        "orderByKey": value,
        "orderByAsc": False,
        "selectedColumns": [*columns, column("attributes", "Duration")],
        "compareRunCharts": [
            parallel_chart(params, [SEARCH_VALUE], "search"),
            chart("BAR", SEARCH_VALUE, hidden=True),
        ],
        "compareRunSections": [section("search", 1)],
        "isAccordionReordered": True,
    }


def experiment_note(corpus: str) -> str:
    """What the experiment of a corpus holds, as Markdown."""
    return (
        f"Runs on the corpus **{corpus}** (`corpora/{corpus}.yaml`): which region does a song "
        f"belong to?\n\n"
        f"- [The leaderboard](#LEADERBOARD) is sorted by `{HEADLINE}`. Choose by validation songs; "
        "test songs tell how good the choice is, with a 95 % interval (`accuracy_low`, "
        "`accuracy_high`).\n"
        "- Another run: `dvc exp run -S model=cnn`. A search: `dvc exp run -S tune.trials=50`.\n"
        "- Two runs on the same songs: `musicregion compare A B`. The best run becomes the "
        "champion: `musicregion promote`.\n"
    )


def write_leaderboard(corpus: str) -> str:
    """Write the leaderboard and the note of the corpus's experiment; returns the experiment's id.

    Raises:
        TrackingError: the store cannot be used.
    """
    experiment = store.prepare_experiment(corpus)
    client = MlflowClient()
    save_view(client, experiment, NAME, runs_view())
    note = experiment_note(corpus).replace("#LEADERBOARD", view_path(experiment, NAME))
    set_experiment_tags(
        client, experiment, {NOTE: note, "mlflow.experiment.primaryMetric.name": HEADLINE}
    )
    return experiment


def leaderboard_url(experiment: str, server: str = "") -> str:
    """The leaderboard's address.

    server: its address; the one of MLFLOW_TRACKING_URI, or else the one that `musicregion ui`
        starts, if not given.
    """
    if not server:
        uri = store.tracking_uri()
        server = uri if uri.startswith("http") else LOCAL_SERVER
    return f"{server.rstrip('/')}/{view_path(experiment, NAME)}"
