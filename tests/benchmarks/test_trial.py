import json

import numpy as np

from benchmarks import trial
from musicregion.config import params
from musicregion.dataset.dataset import Dataset


def world():
    """Two regions of 10 songs, two segments each."""
    songs = np.repeat([f"s{number:02}" for number in range(20)], 2)
    labels = np.repeat([0, 1], 20)
    parts = np.full(40, "train")
    return Dataset(np.zeros((40, 3, 2), "float32"), labels, songs, songs, parts, ["A", "B"])


def test_every_song_is_answered_once_and_never_by_who_has_heard_it(tmp_path):
    data = world()

    def knows(train, test):
        songs = np.unique(data.songs[test])
        assert not set(songs) & set(data.songs[train])
        right = np.array([int(song >= "s10") for song in songs])
        return songs, np.eye(2)[right]

    def guesses(train, test):
        songs = np.unique(data.songs[test])
        return songs, np.tile([0.6, 0.4], (len(songs), 1))

    table = tmp_path / "tried.json"
    committee = trial.answers(data, params.load(), "committee", guesses)
    variants = {"knows": knows, "guesses": guesses}
    trial.tried(table, data, params.load(), variants, committee)
    rows = {row["variant"]: row for row in json.loads(table.read_text())}
    assert rows["knows"]["song_accuracy"] == 1
    assert rows["guesses"]["song_accuracy"] == 0.5
    assert rows["knows"]["with_committee"] == 1  # who is surer decides
    trial.tried(table, data, params.load(), variants | {"knows": None})  # not run again
    assert len(json.loads(table.read_text())) == 2
