"""Variants of training are cross-validated, each once."""

import json

import numpy as np

from benchmarks import variants
from musicregion.config import params
from musicregion.dataset.dataset import Dataset


def two_regions():
    """Two regions of 10 songs, two segments each."""
    songs = np.repeat([f"s{number:02}" for number in range(20)], 2)
    labels = np.repeat([0, 1], 20)
    parts = np.full(40, "train")
    return Dataset(
        {"mfcc": np.zeros((40, 3, 2), "float32")}, labels, songs, songs, parts, ["A", "B"]
    )


def test_every_song_is_predicted_once_by_a_model_that_was_not_trained_on_it(tmp_path):
    data = two_regions()

    def perfect(train, test):
        songs = np.unique(data.songs[test])
        assert not set(songs) & set(data.songs[train])
        labels = np.array([int(song >= "s10") for song in songs])
        return songs, np.eye(2)[labels]

    def constant(train, test):
        songs = np.unique(data.songs[test])
        return songs, np.tile([0.6, 0.4], (len(songs), 1))

    table = tmp_path / "variants.json"
    committee = variants.predict_folds(data, params.load(), "committee", constant)
    by_name = {"perfect": perfect, "constant": constant}
    variants.evaluate_variants(table, data, params.load(), by_name, committee)
    rows = {row["variant"]: row for row in json.loads(table.read_text())}
    assert rows["perfect"]["song_accuracy"] == 1
    assert rows["constant"]["song_accuracy"] == 0.5
    assert rows["perfect"]["with_committee"] == 1  # the more confident one decides
    by_name["perfect"] = None  # would fail if it were run again
    variants.evaluate_variants(table, data, params.load(), by_name)
    assert len(json.loads(table.read_text())) == 2
