"""A corpus whose regions differ in what has nothing to do with music is found out."""

import numpy as np
import pandas as pd
import pytest

from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.errors import InputError
from musicregion.evaluation import shortcuts
from musicregion.evaluation.metrics import Predictions

SONGS = 40  # half of them of each region


def corpus(level_difference: float, codec: str = "FLAC") -> tuple[Dataset, pd.DataFrame]:
    """Two regions; Hills is quieter by some dB, and its files have a codec."""
    songs = np.repeat([f"s{number:02}" for number in range(SONGS)], 2)
    labels = np.repeat(np.arange(SONGS) % 2, 2)
    parts = np.where(np.repeat(np.arange(SONGS) // 2 % 5, 2) == 0, "test", "train")
    data = Dataset(
        {"mfcc": np.zeros((80, 3, 2), "float32")}, labels, songs, songs, parts, ["Coast", "Hills"]
    )
    random = np.random.default_rng(0)
    hills = np.arange(SONGS) % 2 == 1
    table = pd.DataFrame(
        {
            "song": songs[::2],
            "region": np.where(hills, "Hills", "Coast"),
            "codec": np.where(hills, codec, "FLAC"),
            "sample_rate": 48_000,
            "channels": 2,
            "level_db": (random.normal(-20, 1, SONGS) - level_difference * hills).round(1),
        }
        | {
            name: random.normal(10, 1, SONGS).round(1)
            for name in ("peak_db", "crest_db", "width", "cut_off", "duration_s")
        }
    )
    return data, table


def predicted(data: Dataset, correct: float) -> list[Predictions]:
    """Predictions for the test songs, of which a share is correct."""
    rows = data.rows("test")
    songs, first = np.unique(data.songs[rows], return_index=True)
    actual = data.labels[rows][first]
    right = np.arange(len(songs)) < round(correct * len(songs))
    return [Predictions(actual, np.eye(2)[np.where(right, actual, 1 - actual)], songs, songs)]


def find(data, table, correct):
    contents = shortcuts.find_shortcuts(data, predicted(data, correct), table, seed=1)
    accuracy = {row["what"]: row["accuracy"] for row in contents["rows"]}
    return accuracy, contents


def test_a_quieter_region_brings_a_warning_and_a_sentence():
    data, table = corpus(level_difference=12)
    accuracy, contents = find(data, table, correct=0.9)
    assert accuracy["nuisances"] == 1
    assert accuracy["model"] == pytest.approx(0.875, abs=0.03)
    assert contents["warning"]
    assert "WARNING" in shortcuts.headline(contents)
    by_region = table.groupby("region")["level_db"].median()
    assert (
        f"The median level of Hills is {by_region['Hills']:.1f} dB, that of the other regions "
        f"{by_region['Coast']:.1f} dB (AUROC 0.00)."
    ) in contents["sentences"]


def test_files_that_do_not_differ_bring_no_warning():
    accuracy, contents = find(*corpus(level_difference=0), correct=1)
    assert accuracy["nuisances"] < 0.9
    assert not contents["warning"]
    assert len(contents["sentences"]) == 1
    assert "WARNING" not in shortcuts.headline(contents)
    assert f"classify {accuracy['nuisances']:.2f} of these songs" in shortcuts.headline(contents)


def test_a_region_with_a_codec_of_its_own_is_named():
    accuracy, contents = find(*corpus(level_difference=0, codec="OPUS"), correct=1)
    assert accuracy["format"] == 1
    assert contents["warning"]  # although the model is perfect
    assert (
        "All songs of Hills are OPUS at 48 kHz, stereo; of the others 0% are."
        in (contents["sentences"])
    )


def test_test_songs_and_unknown_songs_are_not_trained_on():
    data, table = corpus(level_difference=12)
    rows = data.rows("test")
    labels = data.labels.copy()
    labels[rows] = 1 - labels[rows]  # known from the training songs alone, all are wrong
    labels[data.songs == "s03"] = UNKNOWN
    swapped = Dataset(data.features, labels, data.songs, data.groups, data.parts, data.regions)
    accuracy, _ = find(swapped, table[table["song"] != "s03"], correct=1)
    assert accuracy["nuisances"] == 0
    assert accuracy["majority"] == 0.5


def test_a_song_without_a_row_is_named():
    data, table = corpus(level_difference=0)
    with pytest.raises(InputError, match="no song s07"):
        find(data, table[table["song"] != "s07"], correct=1)
