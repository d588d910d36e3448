"""Are regions told apart by facts about the files alone? Then a model may not have learned music.

A classifier that sees no music, only nuisances.csv (codec, level, stereo width and the like), is
trained and tested on the same songs as the model.
"""

from typing import Any

import numpy as np
import pandas as pd

from musicregion.dataset.dataset import Dataset
from musicregion.errors import InputError
from musicregion.evaluation.metrics import Predictions, bootstrap_interval
from musicregion.evaluation.region_facts import FORMAT, SOUND, describe_regions
from musicregion.storage.paths import NUISANCES, SHORTCUTS

MARGIN = 0.05  # of accuracy; a model that is no further ahead of the nuisances may rely on them
TREES = 100
SETS = {"nuisances": (*FORMAT, *SOUND), "format": FORMAT}  # what is classified by what alone


def nuisances_of_songs(data: Dataset, nuisances: pd.DataFrame) -> pd.DataFrame:
    """The rows of nuisances.csv of all songs of a region, by song id, sorted; and their label.

    Raises:
        InputError: a song has no row.
    """
    known = data.known()
    songs, first = np.unique(data.songs[known], return_index=True)
    table = nuisances.set_index("song").reindex(songs)
    if table["codec"].isna().any():
        song = table.index[table["codec"].isna()][0]
        raise InputError(f"{NUISANCES} has no song {song}. `dvc repro -f segment` makes it again.")
    return table.assign(label=data.labels[known][first])


def predict_by_nuisances(
    table: pd.DataFrame, names: tuple[str, ...], test: np.ndarray, seed: int
) -> np.ndarray:
    """Labels, int [test song], predicted by some columns of the table alone.

    table: as nuisances_of_songs returns it. test: bool [song]; the others are trained on.
    Extremely randomised trees (Geurts et al. 2006): neither units nor outliers matter to them.
    """
    from sklearn.ensemble import ExtraTreesClassifier

    columns = pd.get_dummies(table[list(names)]).to_numpy("float32")
    trees = ExtraTreesClassifier(TREES, random_state=seed)
    trees.fit(columns[~test], table["label"][~test])
    predicted: np.ndarray = trees.predict(columns[test])
    return predicted


def baseline_rows(table: pd.DataFrame, tests: list[Predictions], seed: int) -> list[dict[str, Any]]:
    """Accuracies of the largest region, of SETS and of the model on the same songs, as rows.

    tests: predictions of songs, each by a model that was trained on all other songs of the table.
    """
    correct: dict[str, list[np.ndarray]] = {name: [] for name in ("majority", *SETS, "model")}
    for predictions in tests:
        test = table.index.isin(predictions.songs)
        labels = table["label"].to_numpy()
        correct["majority"].append(labels[test] == np.bincount(labels[~test]).argmax())
        for name, columns in SETS.items():
            predicted = predict_by_nuisances(table, columns, test, seed)
            correct[name].append(predicted == labels[test])
        correct["model"].append(predictions.correct)
    groups = np.concatenate([predictions.groups for predictions in tests])
    rows = []
    for name, parts in correct.items():
        values = np.concatenate(parts)
        low, high = bootstrap_interval(values, groups, seed)
        row = {"accuracy": float(values.mean()), "low": low, "high": high}
        rows.append({"what": name} | {key: round(value, 4) for key, value in row.items()})
    return rows


def find_shortcuts(
    data: Dataset, tests: list[Predictions], nuisances: pd.DataFrame, seed: int
) -> dict[str, Any]:
    """The contents of results/shortcuts.json: rows, whether to warn, and all of it in sentences.

    tests: as of baseline_rows. nuisances: nuisances.csv.
    """
    table = nuisances_of_songs(data, nuisances)
    rows = baseline_rows(table, tests, seed)
    accuracy = {row["what"]: row["accuracy"] for row in rows}
    warning = accuracy["nuisances"] > accuracy["model"] - MARGIN
    sentences = [
        "shortcuts: codec, sample rate, channels, level, stereo width, cut-off and length alone "
        f"classify {accuracy['nuisances']:.2f} of these songs correctly; codec, sample rate and "
        f"channels {accuracy['format']:.2f}; the model {accuracy['model']:.2f}; the largest region "
        f"{accuracy['majority']:.2f}"
    ]
    if warning:
        sentences.append(
            f"WARNING: less than {MARGIN * 100:.0f} points below the model, which may have learned "
            f"the recordings instead of the music. {SHORTCUTS} says how regions differ; "
            "`python -m benchmarks.shortcuts` tests the model."
        )
    return {
        "rows": rows,
        "warning": warning,
        "sentences": [*sentences, *describe_regions(table)],
    }


def headline(shortcuts: dict[str, Any]) -> str:
    """The sentences for the end of a training: the accuracy, and a warning if there is one."""
    return "\n".join(shortcuts["sentences"][: 1 + shortcuts["warning"]])
