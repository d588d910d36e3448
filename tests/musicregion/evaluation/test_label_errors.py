import numpy as np
import pandas as pd

from musicregion.config.corpus import Corpus
from musicregion.evaluation.label_errors import find_suspects, undecided

SONGS = pd.DataFrame(
    {
        "song": ["a", "b", "c"],
        "title": ["A", "B", "C"],
        "source": ["https://example.org/a", "folder: b.mp3", "folder: c.mp3"],
        "path": ["data/raw/X/a.webm", "data/raw/X/b.mp3", "data/raw/Y/c.mp3"],
    }
)


def test_the_most_suspicious_comes_first_with_where_to_listen():
    predictions = pd.DataFrame(
        {
            "song": ["a", "b", "c", "a", "b", "c"],
            "region": ["X", "X", "Y"] * 2,
            "p_X": [0.2, 0.7, 0.5, 0.05, 0.9, 0.5],
            "p_Y": [0.8, 0.3, 0.5, 0.95, 0.1, 0.5],
        }
    )
    table = find_suspects(predictions, SONGS)
    assert table["song"].tolist() == ["a", "c", "b"]
    assert table["likely"].tolist() == ["Y", "X", "Y"]
    assert np.allclose(table["probability"], [0.125, 0.5, 0.8], atol=1e-5)
    assert np.allclose(table["likely_probability"], [0.875, 0.5, 0.2], atol=1e-5)
    assert table["listen"].tolist() == [
        "https://example.org/a",
        "data/raw/Y/c.mp3",
        "data/raw/X/b.mp3",
    ]


def test_nobody_is_asked_about_a_decided_song_again():
    regions = {name: {"sources": [name]} for name in "XY"}
    belongs = {"https://example.org/a": "Y", "b": "X"}  # one by its link, one as it is
    corpus = Corpus.model_validate({"regions": regions, "belongs": belongs})
    assert undecided(SONGS, corpus)["song"].tolist() == ["c"]
    predictions = pd.DataFrame(
        {"song": ["a", "b", "c"], "region": ["X", "X", "Y"], "p_X": [0.4] * 3, "p_Y": [0.6] * 3}
    )
    assert find_suspects(predictions, undecided(SONGS, corpus))["song"].tolist() == ["c"]


def test_a_label_is_more_doubtful_where_one_other_region_is_likely():
    predictions = pd.DataFrame(
        {
            "song": ["a", "b"],
            "region": ["X", "X"],
            "p_X": [0.3, 0.35],
            "p_Y": [0.35, 0.6],
            "p_Z": [0.35, 0.05],
        }
    )
    table = find_suspects(predictions, SONGS)
    assert table["song"].tolist() == ["b", "a"]  # self-confidence would say a, b
