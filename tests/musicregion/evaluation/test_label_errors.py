import numpy as np
import pandas as pd

from musicregion.evaluation.label_errors import find_suspects

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
    own = np.sqrt([0.2 * 0.05, 0.5 * 0.5, 0.7 * 0.9])
    other = np.sqrt([0.8 * 0.95, 0.5 * 0.5, 0.3 * 0.1])
    assert np.allclose(table["probability"], own / (own + other), atol=1e-5)
    assert np.allclose(table["likely_probability"], other / (own + other), atol=1e-5)
    assert table["listen"].tolist() == [
        "https://example.org/a",
        "data/raw/Y/c.mp3",
        "data/raw/X/b.mp3",
    ]
