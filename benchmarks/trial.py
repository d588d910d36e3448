"""Judges a way of training that is not in the pipeline, on songs that it has not heard.

Nothing stops a training early and nothing is chosen: every fold trains on four fifths of the songs
and answers for the last. The folds are those of evaluate.folds: 5, first repeat.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.choice import scored, together
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

FOLDS = 5
# from rows to train on and rows to test on: ids, sorted, [song], and probabilities [song, region]
Answer = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def answers(data: Dataset, settings: Params, name: str, answer: Answer) -> list[dict]:
    """Each fold's answers, as benchmarks.choice takes them."""
    from tqdm import tqdm

    from musicregion.evaluation import crossvalidation

    fold = crossvalidation.assign_segment_folds(data, FOLDS, settings.split.seed)
    found = []
    for test in tqdm(range(FOLDS), name, unit="fold"):
        held = np.flatnonzero(fold == test)
        songs, probabilities = answer(np.flatnonzero((fold >= 0) & (fold != test)), held)
        first = held[np.unique(data.songs[held], return_index=True)[1]]
        found.append(
            {
                "repeat": 1,
                "fold": test,
                "songs": songs.tolist(),
                "actual": data.labels[first].tolist(),
                "groups": data.groups[first].tolist(),
                "probabilities": probabilities.tolist(),
            }
        )
    return found


def tried(
    table: Path,
    data: Dataset,
    settings: Params,
    variants: dict[str, Answer],
    committee: list[dict] | None = None,
) -> None:
    """Try what is not in the table (JSON) yet, add its rows, and print all.

    committee: its answers of the same folds, to be joined by each variant's.
    """
    rows = json.loads(table.read_text()) if table.is_file() else []
    here = {"corpus": settings.corpus, "features": settings.features}
    known = [row["variant"] for row in rows if here.items() <= row.items()]
    for name, answer in variants.items():
        if name in known:
            continue
        start = time.perf_counter()
        found = answers(data, settings, name, answer)
        seconds = round((time.perf_counter() - start) / FOLDS, 1)
        score = scored(found, settings.train.seed)
        if committee:
            both = scored(together({"committee": committee, name: found}), settings.train.seed)
            score["with_committee"] = both["song_accuracy"]
        rows.append(here | {"variant": name} | score | {"train_s": seconds})
        table.write_text(json.dumps(rows, indent=2) + "\n")
    print("| variant | songs | 95 % interval | macro recall | with committee | s a fold |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        if here.items() <= row.items():
            print(
                f"| {row['variant']} | {row['song_accuracy']:.3f} | {row['low']:.2f} to "
                f"{row['high']:.2f} | {row['macro_recall']:.3f} "
                f"| {row.get('with_committee', '')} | {row['train_s']:.0f} |"
            )
