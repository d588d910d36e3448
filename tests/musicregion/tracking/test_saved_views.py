"""The form in which MLflow keeps a view, undocumented; test_ui opens one in a browser."""

import pytest
from mlflow import MlflowClient
from mlflow.utils.validation import MAX_EXPERIMENT_TAG_VAL_LENGTH

from musicregion.tracking import leaderboard, saved_views, store

ENCODED = "deflate;eJyrVsovSkktcqp0LE5WskpLzClOrQUATQYHcA=="  # {"orderByAsc":false}


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    return leaderboard.write_leaderboard("folk")


def test_a_view_is_json_compressed_by_deflate_in_base64():
    assert saved_views.decode_view(ENCODED) == {"orderByAsc": False}
    view = leaderboard.runs_view()
    assert saved_views.decode_view(saved_views.encode_view(view)) == view
    assert saved_views.encode_view(view).startswith("deflate;")


def test_the_leaderboard_is_saved_with_the_experiment(experiment):
    tags = MlflowClient().get_experiment(experiment).tags
    value = tags["mlflow.sharedViewState.leaderboard"]
    assert len(value) < MAX_EXPERIMENT_TAG_VAL_LENGTH / 4
    view = saved_views.decode_view(value)
    assert view["orderByKey"] == "metrics.`validation/song/accuracy`"
    assert view["selectedColumns"][:4] == [
        "params.`model`",
        "params.`features`",
        "metrics.`validation/song/accuracy`",
        "metrics.`test/song/accuracy`",
    ]
    assert [section["name"] for section in view["compareRunSections"]] == [
        *("validation/song", "validation/segment", "test/song", "test/segment"),
        *("calibration/song", "calibration/segment", "training"),
    ]
    sections = {section["uuid"] for section in view["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in view["compareRunCharts"]} == sections
    assert "validation/song/accuracy" in tags["mlflow.note.content"]


def test_writing_it_again_changes_nothing(experiment, monkeypatch):
    def refuse(*_):
        raise AssertionError("written again")

    monkeypatch.setattr(MlflowClient, "set_experiment_tag", refuse)
    assert leaderboard.write_leaderboard("folk") == experiment


def test_the_link_is_the_servers(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example.org/")
    url = leaderboard.leaderboard_url("7")
    assert url.startswith("https://mlflow.example.org/#/experiments/7/runs?")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store.tracking_uri().replace("https", "sqlite"))
    assert leaderboard.leaderboard_url("7").startswith(
        "http://127.0.0.1:5000/#/experiments/7/runs?"
    )
