"""Saved views of MLflow's runs page: which runs, columns, order and charts a link opens with.

MLflow 3 keeps a view as a tag of the experiment that its page reads (`useSharedExperimentViewState`
in its sources). The form is not documented; tests/musicregion/tracking/test_saved_views.py pins it,
and tests/app/test_ui.py opens one in a browser.
"""

import base64
import json
import uuid
import zlib
from typing import Any

from mlflow import MlflowClient

TAG = "mlflow.sharedViewState."
HEADER = "deflate;"
View = dict[str, Any]


def encode_view(view: View) -> str:
    """The value of the tag of a view; equal views are equal texts."""
    text = json.dumps(view, separators=(",", ":"))
    return HEADER + base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def decode_view(value: str) -> View:
    """The view that `encode_view` has encoded."""
    compressed = base64.b64decode(value.removeprefix(HEADER))
    view: View = json.loads(zlib.decompress(compressed))
    return view


def save_view(client: MlflowClient, experiment_id: str, name: str, view: View) -> None:
    """Save a view, unless the experiment has the same one already."""
    set_experiment_tags(client, experiment_id, {f"{TAG}{name}": encode_view(view)})


def set_experiment_tags(client: MlflowClient, experiment_id: str, tags: dict[str, str]) -> None:
    """Set those of the tags that the experiment does not have."""
    present = client.get_experiment(experiment_id).tags
    for name, value in tags.items():
        if present.get(name) != value:
            client.set_experiment_tag(experiment_id, name, value)


def view_path(experiment_id: str, name: str, charts: bool = False) -> str:
    """The address of a view, from the # on. charts: open the charts beside the table."""
    mode = "&compareRunsMode=CHART" if charts else ""
    return (
        f"#/experiments/{experiment_id}/runs?workflowType=machine_learning"
        f"&viewStateShareKey={name}{mode}"
    )


def column(kind: str, name: str) -> str:
    """A column of the table. kind: attributes, params, metrics or tags."""
    return f"{kind}.`{name}`"


def identifier(name: str) -> str:
    """The identifier of a chart or section, the same whenever the view is made."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def section(name: str, columns: int) -> dict[str, Any]:
    """A section of charts, such as test/song. columns: of charts side by side."""
    shown = {"display": True, "isReordered": False, "deleted": False, "isGenerated": True}
    return {"uuid": identifier(name), "name": name, "columns": columns} | shown


def chart(kind: str, metric: str, hidden: bool = False) -> dict[str, Any]:
    """A chart of a metric in its section. kind: BAR, of last values; LINE, over steps."""
    path, _, last = metric.rpartition("/")
    return {
        "uuid": identifier(f"{kind} {metric}"),
        "type": kind,
        "runsCountToCompare": 10,
        "metricSectionId": identifier(path),
        "deleted": hidden,
        "isGenerated": True,
        "displayName": last,
        "metricKey": metric,
    }


def parallel_chart(params: list[str], metrics: list[str], section_name: str) -> dict[str, Any]:
    """Parallel coordinates of all runs: a line for each, through its params and metrics."""
    return {
        "uuid": identifier("parallel coordinates"),
        "type": "PARALLEL",
        "runsCountToCompare": 500,
        "metricSectionId": identifier(section_name),
        "deleted": False,
        "isGenerated": False,
        "selectedParams": params,
        "selectedMetrics": metrics,
        "showAllRuns": True,
    }
