"""`python -m benchmarks.search`: what a search gains, by sampler and pruner, for how much CPU time.

The network bag_of_frames on `features: musicnn` in data/ (`dvc exp run -S corpus=games -S
features=musicnn`), every eighth segment, one split. Each method searches with three seeds, TRIALS
each, by the log-likelihood of the validation songs. The test songs are used only after all searches
have ended: the params of each trial that was the best so far are trained again, as stages.train
does, and scored. Writes benchmarks/results/search.json and search.png.
"""

import json
import os

import numpy as np

from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.search_plot import plot_searches
from benchmarks.search_runs import run_search, score_on_test, score_without_search
from benchmarks.tasks import map_all
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params

TABLE = RESULTS / "search.json"
TRIALS, SEEDS, EPOCHS = 25, (1, 2, 3), 12
METHODS = {  # sampler, pruner
    "TPE with pruning": ("tpe", "median"),
    "TPE": ("tpe", "none"),
    "random": ("random", "none"),
}
SCORES = ("cpu_s", "pruned", "best_validation", "test", "test_accuracy")


def run_searches(settings: Params) -> list[dict]:
    """The rows of all searches, with the test scores of each row's best trial."""
    names = [(method, seed) for seed in SEEDS for method in METHODS]
    items = []
    for method, seed in names:
        sampler, pruner = METHODS[method]
        changes = {"tune.sampler": sampler, "tune.pruner": pruner, "tune.seed": seed}
        items.append((settings.with_changes(changes), TRIALS))
    rows = [
        {"method": method, "seed": seed} | row
        for (method, seed), search in zip(names, map_all(run_search, items, "search"), strict=True)
        for row in search
    ]
    changes_of_rows = [json.dumps(row.pop("changes"), sort_keys=True) for row in rows]
    different = list(dict.fromkeys(changes_of_rows))
    items = [(settings.with_changes(json.loads(changes)),) for changes in different]
    scores = dict(zip(different, map_all(score_on_test, items, "test"), strict=True))
    return [row | scores[changes] for row, changes in zip(rows, changes_of_rows, strict=True)]


def summarise(rows: list[dict], method: str) -> list[str]:
    """The table's line for a method: means over its seeds after the last trial."""
    last = [row for row in rows if row["method"] == method and row["trials"] == TRIALS]
    seconds, pruned, *scores = (np.mean([row[name] for row in last]) for name in SCORES)
    return [method, f"{seconds:.0f}", f"{pruned:.1f}", *(f"{score:.3f}" for score in scores)]


def main() -> None:
    settings = params.load_for_command(__doc__)
    # one core for each of two processes: CPU time then measures the work, not waiting threads
    os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    os.environ["OMP_NUM_THREADS"] = "1"
    settings = settings.model_copy(update={"features": "musicnn", "model": "bag_of_frames"})
    changes = {"train.epochs": EPOCHS, "tune.objective": "likelihood", "tune.folds": 0}
    settings = settings.with_changes(changes)
    rows = run_searches(settings)
    unsearched = score_without_search(settings)
    write_json(TABLE, [unsearched, *rows], indent=1)
    plot_searches(rows, unsearched, TABLE.with_suffix(".png"))
    print_table(
        ["method", "CPU s", "pruned", "best validation", "test", "test accuracy"],
        [
            *(summarise(rows, method) for method in METHODS),
            ["no search", "", "", *(f"{unsearched[name]:.3f}" for name in SCORES[2:])],
        ],
    )
    print_source("search", TABLE, TABLE.with_suffix(".png"))


if __name__ == "__main__":
    run(main)
