"""Folds and what is said of them, with a classifier that needs no training time."""

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
    open_set,
    prediction_table,
)
from musicregion.evaluation.holdout import evaluate_holdout

SETTINGS = params.load()


def ignore(epoch, metrics):
    pass


def world(songs=20, regions=3, distance=1.5, seed=0):
    """`songs` songs of 2 segments a region; a region's frames lie around a point of their own."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((regions, 6)) * distance
    labels = np.repeat(np.arange(regions), songs)
    own = centres[labels] + random.standard_normal((len(labels), 6))
    frames = own[:, None, None] + random.standard_normal((len(labels), 2, 20, 6))
    names = np.array([f"song-{number:03}" for number in range(len(labels))])
    parts = np.array(["test", "validation", "train", "train", "train"])[np.arange(len(labels)) % 5]
    return Dataset(
        features=frames.reshape(-1, 20, 6).astype("float32"),
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
    data = world()
    found = list(crossvalidation.cross_validate(data, settings(repeats=2)))
    assert [(fold.repeat, fold.fold) for fold in found] == [
        (r, f) for r in (1, 2) for f in range(5)
    ]
    for repeat in (1, 2):
        level = crossvalidation.out_of_fold_predictions(found, repeat, "song")
        assert sorted(level.songs) == sorted(set(data.songs))
        segments = crossvalidation.out_of_fold_predictions(found, repeat, "segment")
        assert len(segments.actual) == len(data.songs)
    one, other = (found[place].assessment.test["song"].songs.tolist() for place in (0, 5))
    assert one != other


def test_no_group_is_in_two_folds_and_unknown_songs_are_in_none():
    data = world()
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
    crossvalidation.require_songs_per_fold(world(songs=6), settings(folds=6))
    with pytest.raises(NotEnoughData, match=r"evaluate\.folds = 7 in: R0 \(6\), R1 \(6\)"):
        crossvalidation.require_songs_per_fold(world(songs=6), settings(folds=7))


def test_a_committee_bears_few_segments():
    data = world(songs=25)
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    found = evaluate_holdout(data, *rows, settings(model="committee"), ignore).test["segment"]
    assert (found.predicted == found.actual).mean() > 0.6


def test_a_song_does_not_know_its_own_label():
    """With labels that mean nothing, unheard songs are named by chance alone."""
    data = world(songs=40)
    random = np.random.default_rng(1).permutation(len(data.labels) // 2)
    noise = data.relabelled(np.repeat(data.labels[::2][random], 2), data.parts, data.regions)
    found = list(crossvalidation.cross_validate(noise, settings()))
    assert crossvalidation.summarise_folds(found, "song", 1)["accuracy"] < 0.5


def test_the_summary_says_how_sure_it_is():
    found = list(crossvalidation.cross_validate(world(), settings(repeats=2)))
    song = crossvalidation.summarise_folds(found, "song", 1)
    assert 0.6 < song["accuracy_low"] < song["accuracy"] < song["accuracy_high"] <= 1
    assert 0 < song["accuracy_spread"] < 0.3
    assert song["macro_recall"] == pytest.approx(song["accuracy"])  # regions are equal


def test_calibrated_answers_are_the_same_answers():
    data = world()
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    found = evaluate_holdout(data, *rows, settings(), ignore)
    raw = found.test["song"].probabilities
    after = found.calibrated("test", "song")
    assert (raw.argmax(axis=1) == after.argmax(axis=1)).all()
    assert 0 < found.threshold < 1


def test_the_kept_model_has_heard_the_validation_part_and_its_judge_has_not():
    data = world(distance=0)
    rows = [data.rows(part) for part in ("train", "validation", "test")]
    found = evaluate_holdout(data, *rows, settings(model="svm"), ignore)
    held = found.validation["song"]
    names, answer = found.model.predict_songs(data, data.rows("validation"))
    assert names.tolist() == held.songs.tolist()
    assert (answer.argmax(axis=1) == held.actual).mean() > 0.9
    assert (held.predicted == held.actual).mean() < 0.7


def test_a_region_that_was_left_out_is_told_from_the_others():
    scores = dict(open_set.leave_one_region_out(world(distance=4), settings()))
    assert list(scores) == ["R0", "R1", "R2"]
    assert np.mean(list(scores.values())) > 0.7


def test_songs_listed_as_unknown_are_asked_for_their_auroc():
    """Their sound is the mean of all regions'."""
    data = world(distance=4, regions=4)
    last = data.labels == 3
    heard = data.features.copy()
    heard[last] += heard[~last].mean(axis=(0, 1)) - heard[last].mean(axis=(0, 1))
    data = replace(data, features=heard)
    listed = data.relabelled(
        np.where(last, UNKNOWN, data.labels),
        np.where(last, "unknown", data.parts),
        data.regions[:3],
    )
    rows = [listed.rows(part) for part in ("train", "validation", "test")]
    found = evaluate_holdout(listed, *rows, settings(), ignore)
    scores = open_set.score_unknown_songs(listed, found)
    assert scores["auroc"] > 0.6
    assert {"threshold", "test_songs_rejected", "unknown_songs_rejected"} < set(scores)
    assert "auroc" not in open_set.score_unknown_songs(data, found)


def test_whole_albums_show_how_far_accuracy_falls(monkeypatch):
    """Songs of an album sound alike and songs of a region hardly do: an unheard album is harder."""
    random = np.random.default_rng(0)
    albums = np.repeat(np.arange(10), 6)  # five albums a region
    sound = (random.standard_normal((10, 6)) * 4)[albums] + random.standard_normal((60, 6)) * 0.3
    names = np.array([f"song-{number:03}" for number in range(60)])
    parts = np.array(["test", "validation", "train", "train", "train"])[albums % 5]
    data = Dataset(
        features=(sound[:, None] + random.standard_normal((60, 20, 6)) / 3).astype("float32"),
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

    data = world(songs=40, distance=2.5)
    moved = np.random.default_rng(3).choice(np.unique(data.songs), 6, replace=False)
    wrong = np.where(np.isin(data.songs, moved), (data.labels + 1) % 3, data.labels)
    spoiled = data.relabelled(wrong, data.parts, data.regions)
    found = list(crossvalidation.cross_validate(spoiled, settings()))

    predictions = prediction_table.all_predictions(spoiled, found[0].assessment, found)
    songs = pd.DataFrame({"song": np.unique(data.songs)}).assign(title="", source="", path="")
    table = label_errors.find_suspects(predictions, songs)
    assert len(set(table["song"].head(12)) & set(moved)) >= 5
