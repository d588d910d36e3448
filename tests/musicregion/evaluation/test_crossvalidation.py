"""Cross-validation, with classifiers that train in no time."""

from dataclasses import replace

import numpy as np
import pytest

from musicregion.config import params
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.errors import NotEnoughData
from musicregion.evaluation import (
    crossvalidation,
    fold_metrics,
    label_errors,
    prediction_table,
)
from musicregion.evaluation.holdout import HoldoutResult, evaluate_holdout
from musicregion.evaluation.metrics import Predictions

SETTINGS = params.load()


def ignore(epoch, metrics):
    pass


def make_data(songs=20, regions=3, distance=1.5, seed=0):
    """`songs` songs of 2 segments a region; a region's frames lie around a point of their own."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((regions, 6)) * distance
    labels = np.repeat(np.arange(regions), songs)
    own = centres[labels] + random.standard_normal((len(labels), 6))
    frames = own[:, None, None] + random.standard_normal((len(labels), 2, 20, 6))
    names = np.array([f"song-{number:03}" for number in range(len(labels))])
    parts = np.array(["test", "validation", "train", "train", "train"])[np.arange(len(labels)) % 5]
    return Dataset(
        features={"mfcc": frames.reshape(-1, 20, 6).astype("float32")},
        labels=np.repeat(labels, 2),
        songs=np.repeat(names, 2),
        groups=np.repeat(names, 2),
        parts=np.repeat(parts, 2),
        regions=[f"R{number}" for number in range(regions)],
    )


def settings(folds=5, repeats=1, **changes):
    evaluate = SETTINGS.evaluate.model_copy(update={"folds": folds, "repeats": repeats})
    return SETTINGS.model_copy(update={"model": "logistic", "evaluate": evaluate, **changes})


def test_every_song_is_tested_once_a_repeat_and_repeats_differ():
    data = make_data()
    folds = list(crossvalidation.cross_validate(data, settings(repeats=2)))
    assert [(fold.repeat, fold.fold) for fold in folds] == [
        (r, f) for r in (1, 2) for f in range(5)
    ]
    for repeat in (1, 2):
        songs = crossvalidation.out_of_fold_predictions(folds, repeat, "song")
        assert sorted(songs.songs) == sorted(set(data.songs))
        segments = crossvalidation.out_of_fold_predictions(folds, repeat, "segment")
        assert len(segments.actual) == len(data.songs)
    first, second = (folds[index].result.test["song"].songs.tolist() for index in (0, 5))
    assert first != second


def test_parts_of_a_fold_are_disjoint_and_unknown_songs_are_in_none(monkeypatch):
    data = make_data()
    labels = data.labels.copy()
    labels[-8:] = UNKNOWN
    groups = data.groups.copy()
    groups[:6] = "copies"
    mixed = replace(data, labels=labels, groups=groups)
    calls = []

    def record(data, train, validation, test, settings, on_epoch):
        calls.append((train, validation, test))
        return HoldoutResult(None, None, {}, {}, {})

    monkeypatch.setattr(crossvalidation, "evaluate_holdout", record)
    list(crossvalidation.cross_validate(mixed, settings(folds=5)))
    assert len(calls) == 5
    known = list(range(len(labels) - 8))
    for rows in calls:
        assert sorted(np.concatenate(rows)) == known
        train, validation, test = (set(groups[part]) for part in rows)
        assert not train & validation
        assert not train & test
        assert not validation & test
    for part in (1, 2):  # each row validates once, and tests once
        assert sorted(np.concatenate([call[part] for call in calls])) == known


def test_the_interval_of_folds_is_over_groups():
    correct = np.arange(40) % 2 == 0
    widths = []
    for groups in (np.arange(40), np.repeat(np.arange(8), 5)):
        songs = np.array([f"s{number:02}" for number in range(40)])
        probabilities = np.eye(2)[np.sort(correct).astype(int)]
        predictions = Predictions(np.ones(40, int), probabilities, songs, groups.astype(str))
        result = HoldoutResult(None, None, {}, {"song": predictions}, {"song": 1.0})
        summary = crossvalidation.summarise_folds([crossvalidation.Fold(1, 0, result)], "song", 1)
        assert summary["accuracy"] == 0.5
        widths.append(summary["accuracy_high"] - summary["accuracy_low"])
    assert widths[1] > 1.5 * widths[0]


def fold_with_songs(fold, right, temperature=1.0):
    """A fold with one test song for each entry of `right`: whether it was classified correctly."""
    probabilities = np.where(np.array(right)[:, None], [0.9, 0.1], [0.1, 0.9])
    songs = np.array([f"s{fold}{number}" for number in range(len(right))])
    predictions = Predictions(np.zeros(len(right), int), probabilities, songs, songs)
    temperatures = {"song": temperature}
    return crossvalidation.Fold(
        1, fold, HoldoutResult(None, None, {}, {"song": predictions}, temperatures)
    )


def test_the_spread_is_the_deviation_of_the_folds_accuracies():
    folds = [fold_with_songs(0, [True, False]), fold_with_songs(1, [True, True])]
    summary = crossvalidation.summarise_folds(folds, "song", 1)
    assert summary["accuracy"] == 0.75
    assert summary["accuracy_spread"] == 0.25


def test_out_of_fold_probabilities_are_calibrated_unless_the_raw_ones_are_wanted():
    folds = [fold_with_songs(0, [True], temperature=2.0)]
    raw = crossvalidation.out_of_fold_predictions(folds, 1, "song", calibrated=False)
    assert raw.probabilities[0] == pytest.approx([0.9, 0.1])
    calibrated = crossvalidation.out_of_fold_predictions(folds, 1, "song")
    assert calibrated.probabilities[0] == pytest.approx([0.75, 0.25])  # odds of 9 become 3


def test_no_group_is_in_two_folds_and_unknown_songs_are_in_none():
    data = make_data()
    groups = data.groups.copy()
    groups[:16] = "copies"
    labels = data.labels.copy()
    labels[-4:] = UNKNOWN
    mixed = Dataset(data.features, labels, data.songs, groups, data.parts, data.regions)
    for seed in range(5):
        fold = crossvalidation.assign_segment_folds(mixed, 5, seed)
        assert len(set(fold[:16])) == 1
        assert (fold[-4:] == -1).all()
        assert (fold[:-4] >= 0).all()


def test_more_folds_than_songs_stop_before_anything_is_trained():
    crossvalidation.require_songs_per_fold(make_data(songs=6), settings(folds=6))
    with pytest.raises(NotEnoughData, match=r"evaluate\.folds = 7 in: R0 \(6\), R1 \(6\)"):
        crossvalidation.require_songs_per_fold(make_data(songs=6), settings(folds=7))


def test_copies_of_a_song_do_not_make_up_for_songs_that_folds_lack():
    data = make_data(songs=6)
    groups = np.where(np.isin(data.songs, ["song-000", "song-001"]), "copies", data.groups)
    with pytest.raises(NotEnoughData, match=r"in: R0 \(5\)\. Lower"):
        crossvalidation.require_songs_per_fold(replace(data, groups=groups), settings(folds=6))


def test_a_committee_can_train_on_few_segments():
    data = make_data(songs=25)
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    result = evaluate_holdout(data, *rows, settings(model="committee"), ignore)
    assert result.test["segment"].correct.mean() > 0.6


def test_the_label_of_a_test_song_does_not_leak():
    """With random labels, songs that were not trained on are classified by chance alone."""
    data = make_data(songs=40)
    random = np.random.default_rng(1).permutation(len(data.labels) // 2)
    noise = data.relabelled(np.repeat(data.labels[::2][random], 2), data.parts, data.regions)
    folds = list(crossvalidation.cross_validate(noise, settings()))
    assert crossvalidation.summarise_folds(folds, "song", 1)["accuracy"] < 0.5


def test_the_summary_has_an_interval_and_a_spread():
    folds = list(crossvalidation.cross_validate(make_data(), settings(repeats=2)))
    song = crossvalidation.summarise_folds(folds, "song", 1)
    assert 0.6 < song["accuracy_low"] < song["accuracy"] < song["accuracy_high"] <= 1
    assert 0 < song["accuracy_spread"] < 0.3
    assert song["macro_recall"] == pytest.approx(song["accuracy"])  # regions are equal


def test_calibration_changes_no_prediction():
    data = make_data()
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    result = evaluate_holdout(data, *rows, settings(), ignore)
    raw = result.test["song"].probabilities
    calibrated = result.calibrated("test", "song")
    assert (raw.argmax(axis=1) == calibrated.argmax(axis=1)).all()
    assert not np.allclose(raw, calibrated)


def test_the_final_model_is_trained_on_validation_and_the_first_is_not():
    data = make_data(distance=0)
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    result = evaluate_holdout(data, *rows, settings(model="svm"), ignore)
    validation = result.validation["song"]
    names, probabilities = result.model.predict_songs(data, data.rows("validation"))
    assert names.tolist() == validation.songs.tolist()
    assert (probabilities.argmax(axis=1) == validation.actual).mean() > 0.9
    assert validation.correct.mean() < 0.7


def test_whole_albums_show_how_far_accuracy_falls(monkeypatch):
    """Songs of an album sound alike and songs of a region hardly do: a new album is harder."""
    random = np.random.default_rng(0)
    albums = np.repeat(np.arange(10), 6)  # five albums a region
    sound = (random.standard_normal((10, 6)) * 4)[albums] + random.standard_normal((60, 6)) * 0.3
    names = np.array([f"song-{number:03}" for number in range(60)])
    parts = np.array(["test", "validation", "train", "train", "train"])[albums % 5]
    data = Dataset(
        features={
            "mfcc": (sound[:, None] + random.standard_normal((60, 20, 6)) / 3).astype("float32")
        },
        labels=np.repeat([0, 1], 30),
        songs=names,
        groups=np.array([f"album-{album}" for album in albums]),
        parts=parts,
        regions=["A", "B"],
    )
    monkeypatch.setattr(
        fold_metrics, "group_by_recording", lambda data: replace(data, groups=names)
    )
    split = SETTINGS.split.model_copy(update={"group": "album"})
    _, metrics = fold_metrics.evaluate_folds(data, settings(model="svm", split=split))
    assert metrics["folds_by_recording"]["song"]["accuracy"] > 0.7
    assert metrics["folds_by_recording"]["fall"] > 0.2


def test_labels_that_were_moved_come_first_among_the_suspects():
    import pandas as pd

    data = make_data(songs=40, distance=2.5)
    moved = np.random.default_rng(3).choice(np.unique(data.songs), 6, replace=False)
    wrong = np.where(np.isin(data.songs, moved), (data.labels + 1) % 3, data.labels)
    spoiled = data.relabelled(wrong, data.parts, data.regions)
    folds = list(crossvalidation.cross_validate(spoiled, settings()))

    predictions = prediction_table.all_predictions(spoiled, folds[0].result, folds)
    songs = pd.DataFrame({"song": np.unique(data.songs)}).assign(title="", source="", path="")
    table = label_errors.find_suspects(predictions, songs)
    assert len(set(table["song"].head(12)) & set(moved)) >= 5
