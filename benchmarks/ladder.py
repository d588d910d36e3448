"""`python -m benchmarks.ladder`: the steps of the project's first attempt, told again honestly.

The first attempt at this classifier climbed from a course's network to a CNN and reported 0.2 to
0.7, on segments of songs whose other segments it had trained on. The same steps on the MFCC in
data/ (`dvc repro`, or `dvc exp run -S corpus=games`), each in two ways:

- random: bootstrap the regions to equal size, if the step does so; then divide *segments*;
- whole: divide songs, copies of a recording together, then bootstrap the training songs alone.

Five folds: every segment is predicted once, by a model that did not train on it; a song's
prediction is the mean of its segments' log-probabilities. Of each song the first minute is
taken. Steps that are in benchmarks/results/ladder.json already are not run again: remove a row to
run it again. Prints the table, and what bootstrapping changes where nothing leaks, and draws
ladder.png.
"""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.ladder_folds import divide, first_segments, predict_out_of_fold, score
from benchmarks.ladder_plot import plot_ladder
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

TABLE = RESULTS / "ladder.json"
PATIENCE = 3  # epochs
SEGMENTS = 6  # of each song
WAYS = ("random", "whole")


@dataclass(frozen=True)
class Step:
    """A step of the ladder."""

    model: str
    bootstrap: bool
    reported: str = ""  # accuracy, by the first attempt
    changes: dict[str, Any] = field(default_factory=dict)  # of the model's params


STEPS = {
    "course's network": Step(
        "dense_deep", False, "0.2 to 0.3", {"units": [512, 256, 64], "l2": 0.0, "dropout": 0.0}
    ),
    "one hidden layer": Step("dense", False, "0.4"),
    "one hidden layer, bootstrapped": Step("dense", True, "0.6"),
    "CNN": Step("cnn", False),
    "CNN, bootstrapped": Step("cnn", True, "0.7"),
}


def run_step(name: str, way: str, data: Dataset, settings: Params) -> dict[str, Any]:
    """A row of the table."""
    step = STEPS[name]
    section = getattr(settings, step.model).model_copy(update=step.changes)
    # divided at random, the regions are equal already
    balance = "oversample" if step.bootstrap and way == "whole" else "none"
    train = settings.train.model_copy(update={"patience": PATIENCE, "balance": balance})
    update = {"model": step.model, step.model: section, "train": train}
    segments, fold = divide(data, way, step.bootstrap, settings.split.seed)
    probabilities = predict_out_of_fold(segments, fold, settings.model_copy(update=update))
    row = {"corpus": settings.corpus, "step": name, "reported": step.reported, "way": way}
    return row | score(segments, probabilities, settings.train.seed)


def describe_bootstrapping(rows: list[dict]) -> list[str]:
    """What bootstrapping changes where songs are whole, a sentence for each model and corpus."""
    whole = {(row["corpus"], row["step"]): row for row in rows if row["way"] == "whole"}
    sentences = []
    for corpus, step in whole:
        if with_it := whole.get((corpus, f"{step}, bootstrapped")):
            changes = [
                f"{with_it[score] - whole[corpus, step][score]:+.2f} {score.replace('_', ' ')}"
                for score in ("song_accuracy", "song_macro_recall")
            ]
            sentences.append(f"{corpus}, {step}: bootstrapping adds {' and '.join(changes)}.")
    return sentences


def format_row(row: dict) -> list[str]:
    cells = [row[name] for name in ("corpus", "step", "reported", "way")]
    for unit in ("segment", "song"):
        accuracy, low, high, recall = (
            f"{row[f'{unit}_{name}']:.2f}" for name in ("accuracy", "low", "high", "macro_recall")
        )
        cells += [f"{accuracy} ({low} to {high})", recall]
    return cells


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.dataset import loading

    data = first_segments(loading.load_dataset(("mfcc",)), SEGMENTS)
    rows = read_rows(TABLE)
    for name in STEPS:
        for way in WAYS:
            if (settings.corpus, name, way) not in {
                (row["corpus"], row["step"], row["way"]) for row in rows
            }:
                rows.append(run_step(name, way, data, settings))
                write_json(TABLE, rows)
    plot_ladder(rows, TABLE.with_suffix(".png"))
    units = [f"{unit}s, {score}" for unit in ("segment", "song") for score in ("", "macro recall")]
    print_table(
        ["corpus", "step", "reported", "divided", *(unit.removesuffix(", ") for unit in units)],
        [format_row(row) for row in rows],
    )
    print("", *describe_bootstrapping(rows), sep="\n")
    print_source("ladder", TABLE, TABLE.with_suffix(".png"))


if __name__ == "__main__":
    run(main)
