"""`python -m benchmarks.doctor`: how much listening finds the songs that are in a wrong region?

On the corpus and features of params.yaml (`dvc repro`), whose regions are taken for right. In each
draw 5 % of the songs, at random, get the label of another region. Songs are then ranked as in
results/suspects.csv, by predictions of five folds and three repeats. A listener who makes no
mistake hears them in that order:

- found_10, found_20: share of the moved songs among the first 10 % and 20 % of the songs;
- minutes_80: of music, heard in full, until 80 % of the moved songs are found;
- before, after, clean: share of songs that models not trained on them classify correctly, by the
  right regions: trained on the moved labels, after the first 10 % are mended, and on the right
  labels;
- lost: clean less after.

Means over the draws, with 95 % bootstrap intervals. Writes a row for each model to
benchmarks/results/doctor.json.
"""

import numpy as np

from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.storage import tables

TABLE = RESULTS / "doctor.json"
MODELS = ("committee", "logistic")  # the default, and the one that docs/method.md recommends
DRAWS, FOLDS, REPEATS = 20, 5, 3
MOVED, FIRST, SECOND, WANTED = 0.05, 0.1, 0.2, 0.8  # shares: of songs, listened to, found
FIGURES = ("found_10", "found_20", "minutes_80", "before", "after", "clean", "lost")


def move_labels(labels: np.ndarray, regions: int, seed: int) -> np.ndarray:
    """The labels, int [song], MOVED of them at random those of other regions."""
    random = np.random.default_rng(seed)
    moved = random.choice(len(labels), max(1, round(MOVED * len(labels))), replace=False)
    wrong = labels.copy()
    wrong[moved] = (wrong[moved] + random.integers(1, regions, len(moved))) % regions
    return wrong


def rank_songs(
    data: Dataset, labels: np.ndarray, settings: Params
) -> tuple[np.ndarray, np.ndarray]:
    """Cross-validate with other labels, int [song], of the songs sorted by id.

    Returns the songs, int [song], most suspicious first, and the predicted regions, int
    [repeat, song].
    """
    from musicregion.evaluation import crossvalidation
    from musicregion.evaluation.label_errors import find_suspects
    from musicregion.evaluation.prediction_table import all_predictions

    songs, song_of_row = np.unique(data.songs, return_inverse=True)
    relabelled = data.relabelled(labels[song_of_row], data.parts, data.regions)
    folds = list(crossvalidation.cross_validate(relabelled, settings))
    predictions = all_predictions(relabelled, folds[0].result, folds)
    suspects = find_suspects(predictions, tables.SONGS.read())["song"].to_numpy(str)
    by_song = predictions.sort_values(["repeat", "song"])["predicted"].to_numpy(str)
    predicted = np.searchsorted(data.regions, by_song).reshape(REPEATS, len(songs))
    return np.searchsorted(songs, suspects), predicted


def measure_draw(
    data: Dataset, clean: np.ndarray, minutes: np.ndarray, settings: Params, seed: int
) -> dict[str, float]:
    """Move labels, listen, mend and train again: FIGURES but clean and lost.

    clean: the right labels, int [song]; minutes: of each song, [song].
    """
    wrong = move_labels(clean, len(data.regions), seed)
    ranking, before = rank_songs(data, wrong, settings)
    is_moved = (wrong != clean)[ranking]
    first, second = (round(share * len(ranking)) for share in (FIRST, SECOND))
    wanted = np.ceil(WANTED * is_moved.sum())
    heard = int(np.argmax(np.cumsum(is_moved) >= wanted)) + 1
    mended = wrong.copy()
    mended[ranking[:first]] = clean[ranking[:first]]
    _, after = rank_songs(data, mended, settings)
    return {
        "found_10": is_moved[:first].sum() / is_moved.sum(),
        "found_20": is_moved[:second].sum() / is_moved.sum(),
        "minutes_80": minutes[ranking[:heard]].sum(),
        "before": (before == clean).mean(),
        "after": (after == clean).mean(),
    }


def measure_model(data: Dataset, settings: Params) -> dict[str, object]:
    """Each figure's mean over the draws, and its interval."""
    from tqdm import tqdm

    from musicregion.evaluation.metrics import bootstrap_interval

    songs, first = np.unique(data.songs, return_index=True)
    clean = data.labels[first]
    seconds = tables.SONGS.read().set_index("song")["duration_s"]
    minutes = seconds[songs].to_numpy() / 60
    _, predicted = rank_songs(data, clean, settings)
    right = float((predicted == clean).mean())
    draws = [
        measure_draw(data, clean, minutes, settings, seed) | {"clean": right}
        for seed in tqdm(range(DRAWS), settings.model, unit="draw")
    ]
    row: dict[str, object] = {"songs": len(songs), "minutes": round(float(minutes.sum()), 1)}
    for figure in FIGURES:
        values = np.array(
            [draw["clean"] - draw["after"] if figure == "lost" else draw[figure] for draw in draws]
        )
        low, high = bootstrap_interval(values, np.arange(DRAWS), seed=1)
        row |= {figure: round(float(values.mean()), 4)}
        row |= {f"{figure}_low": round(low, 4), f"{figure}_high": round(high, 4)}
    return row


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.dataset import loading

    data = loading.load_dataset(settings.kinds)
    data = data.take(data.known())
    for kind in settings.kinds:  # computed once for all draws
        data.song_statistics(kind)
        data.segment_statistics(kind)
    settings = settings.with_changes({"evaluate.folds": FOLDS, "evaluate.repeats": REPEATS})
    rows = []
    for model in MODELS:
        row = measure_model(data, settings.model_copy(update={"model": model}))
        head = {"corpus": settings.corpus, "features": settings.features, "model": model}
        rows.append(head | {"draws": DRAWS} | row)
    write_json(TABLE, rows)
    print_table(
        ["model", *FIGURES],
        [
            [row["model"]]
            + [
                f"{row[name]:.3f} ({row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f})"
                for name in FIGURES
            ]
            for row in rows
        ],
    )
    print(f"\n{rows[0]['songs']} songs, {rows[0]['minutes']} minutes")
    print_source("doctor", TABLE)


if __name__ == "__main__":
    run(main)
