import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import report
from musicregion.evaluation.crossvalidation import Fold
from musicregion.evaluation.holdout import HoldoutResult
from musicregion.evaluation.metrics import Predictions
from musicregion.models.opinion_pool import combine_segments

SETTINGS = params.load()
HISTORY = pd.DataFrame(
    {"epoch": [1, 2], "accuracy": [0.5, 0.9], "loss": [1, 0.5], "val_accuracy": [0.4, 0.6]}
).assign(val_loss=[1.1, 0.9])
SONGS = np.repeat(list("abcd"), 2)


@pytest.fixture
def data():
    """Songs a (train), b (validation), c and d (test); two segments each, d in region B."""
    parts = np.repeat(["train", "validation", "test", "test"], 2)
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    return Dataset(
        {"mfcc": np.zeros((8, 3, 2), "float32")}, labels, SONGS, SONGS, parts, ["A", "B"]
    )


def predict(data, rows):
    """a, b and c as songs are classified correctly; c's second segment and d are not."""
    right, wrong = [0.9, 0.1], [0.4, 0.6]
    probabilities = np.array([right] * 5 + [wrong] + [[0.7, 0.3]] * 2)[rows]
    songs, combined = combine_segments(probabilities, data.songs[rows])
    actual = np.array([int(song == "d") for song in songs])
    segments = Predictions(data.labels[rows], probabilities, data.songs[rows], data.songs[rows])
    return {"song": Predictions(actual, combined, songs, songs), "segment": segments}


@pytest.fixture
def result(data):
    validation, test = (predict(data, data.rows(part)) for part in ("validation", "test"))
    return HoldoutResult(None, HISTORY, validation, test, {"song": 1.0, "segment": 2.0})


def write(data, result, folds=()):
    metrics = report.measure_holdout(data, result, 1)
    report.write_results(data, result, list(folds), metrics, SETTINGS)
    return metrics


def test_a_song_can_be_correct_although_one_segment_is_not(data, result):
    metrics = report.measure_holdout(data, result, 1)
    assert metrics["validation"]["song"]["accuracy"] == 1
    assert metrics["test"]["song"]["accuracy"] == 0.5
    assert metrics["test"]["segment"]["accuracy"] == 0.25
    assert metrics["test"]["song"]["majority_accuracy"] == 0.5
    assert metrics["calibration"]["segment"]["temperature"] == 2


def test_the_largest_region_is_by_songs_for_songs_and_by_segments_for_segments():
    songs = np.array(["long"] * 4 + ["short", "brief", "validation", "test"])
    parts = np.array(["train"] * 6 + ["validation", "test"])
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    data = Dataset(
        {"mfcc": np.zeros((8, 3, 2), "float32")}, labels, songs, songs, parts, ["A", "B"]
    )
    assert report.majority_region(data) == {"song": 0, "segment": 1}


def test_training_songs_are_in_no_score_and_no_table(data, result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(data, result)
    table = pd.read_csv("results/predictions.csv")
    assert table["song"].tolist() == ["b", "c", "d"]
    assert table["part"].tolist() == ["validation", "test", "test"]
    assert table["fold"].tolist() == [1, 0, 0]
    assert table["predicted"].tolist() == ["A", "A", "A"]
    assert table[["p_A", "p_B"]].sum(axis=1).tolist() == pytest.approx([1, 1, 1])


def test_with_folds_every_song_is_predicted_once_a_repeat(data, result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    halves = [predict(data, rows) for rows in (np.arange(4), np.arange(4, 8))]
    folds = [
        Fold(repeat, number, replace(result, test=half))
        for repeat in (1, 2)
        for number, half in enumerate(halves)
    ]
    write(data, result, folds)
    table = pd.read_csv("results/predictions.csv")
    assert table["song"].tolist() == list("abcd") * 2
    assert table["repeat"].tolist() == [1] * 4 + [2] * 4
    assert set(table["part"]) == {"test"}
    assert len(pd.read_csv("results/confusion_song.csv")) == 4


def test_every_table_and_plot_is_written(data, result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    metrics = write(data, result)
    assert json.loads((tmp_path / "results/details.json").read_text()) == metrics
    headline = json.loads((tmp_path / "results/metrics.json").read_text())
    assert headline.keys() == {"validation", "test"}
    assert headline["test"]["segment"] == {"accuracy": metrics["test"]["segment"]["accuracy"]}
    assert pd.read_csv("results/history.csv")["epoch"].tolist() == [1, 2]
    confusion = pd.read_csv("results/confusion_segment.csv")
    assert confusion["actual"].tolist() == ["A", "A", "B", "B"]
    assert confusion["predicted"].tolist() == ["A", "B", "A", "A"]
    assert pd.read_csv("results/regions_song.csv")["support"].tolist() == [1, 1]
    for name in ("curves", "confusion_song", "confusion_segment", "reliability"):
        plot = (tmp_path / f"results/{name}.png").read_bytes()
        assert plot.startswith(b"\x89PNG")
    assert "0.50 of 2 songs" in report.describe_result(metrics, *report.count_songs(data))


def test_the_same_predictions_are_the_same_bytes(data, result, tmp_path, monkeypatch):
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        write(data, result)
        files = sorted((tmp_path / name / "results").iterdir())
        written.append({path.name: path.read_bytes() for path in files})
    assert written[0] == written[1]
