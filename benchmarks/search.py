"""`python -m benchmarks.search`: what a search finds, by sampler and pruner, for how much CPU time.

The network bag_of_frames on `features: musicnn` in data/ (`dvc exp run -S corpus=games -S
features=musicnn`), every eighth segment, one split. Each method searches with three seeds, TRIALS
each, by the log-likelihood of the validation songs. Only when all searches have ended are the test
songs asked: each trial that was the best so far is trained again, as stages.train does it. Writes
benchmarks/results/search.json and search.png.
"""

import json
import os
import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import optuna

from benchmarks.search_plot import draw
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

TABLE = Path("benchmarks/results/search.json")
TRIALS, SEEDS, EPOCHS = 25, (1, 2, 3), 12
METHODS = {  # sampler, pruner
    "TPE with pruning": ("tpe", "median"),
    "TPE": ("tpe", "none"),
    "random": ("random", "none"),
}


@lru_cache(maxsize=1)
def songs() -> Dataset:
    """Every eighth segment."""
    from musicregion.dataset import dataset

    data = dataset.load_dataset("musicnn")
    arrays = ("features", "labels", "songs", "groups", "parts")
    return replace(data, **{name: getattr(data, name)[::8] for name in arrays})


def search(settings: Params) -> list[dict]:
    """One study; a row for each trial: CPU seconds so far, the best value so far, who has it."""
    from threadpoolctl import threadpool_limits

    from musicregion.models import registry
    from musicregion.tuning import objective, sampler, study

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    data = songs().only("train", "validation")
    tuned = settings.tune
    found = optuna.create_study(
        direction="maximize",
        sampler=sampler.SeededByTrialNumber(tuned),
        pruner=study.make_pruner(tuned, settings.train.epochs),
    )
    rows: list[dict] = []
    begun = time.process_time()

    def value(one: optuna.Trial) -> float:
        changes = registry.load_module(settings.model).space(one)
        one.set_user_attr("changes", changes)

        def report(value: float, step: int) -> None:
            one.report(value, step)
            if one.should_prune():
                raise optuna.TrialPruned

        with threadpool_limits(1, "blas"):
            return objective.evaluate_params(
                data, settings.with_changes(changes), report, lambda *_: None
            )

    for number in range(1, TRIALS + 1):
        found.optimize(value, n_trials=1)
        best = found.best_trial
        rows.append(
            {
                "trials": number,
                "cpu_s": round(time.process_time() - begun, 1),
                "best_validation": round(best.value, 4),
                "pruned": sum(one.state.name == "PRUNED" for one in found.trials),
                "changes": best.user_attrs["changes"],
            }
        )
    return rows


def tested(settings: Params) -> dict[str, float]:
    """Log-likelihood and accuracy of the test songs, by these params."""
    from musicregion.evaluation import holdout

    data = songs()
    rows = (data.rows(part) for part in ("train", "validation", "test"))
    found = holdout.evaluate_holdout(data, *rows, settings, lambda *_: None)
    level = found.test["song"]
    sure = found.calibrated("test", "song")[np.arange(len(level.actual)), level.actual]
    right = level.predicted == level.actual
    return {"test": round(float(np.log(sure).mean()), 4), "test_accuracy": round(right.mean(), 4)}


def without(settings: Params) -> dict:
    """The row of params.yaml as it is."""
    from musicregion.tuning import objective

    data = songs().only("train", "validation")
    value = objective.evaluate_params(data, settings, lambda *_: None, lambda *_: None)
    row = {"method": "no search", "seed": settings.tune.seed, "trials": 0, "cpu_s": 0}
    return row | {"best_validation": round(value, 4)} | tested(settings)


def main() -> None:
    settings = params.load_for_command(__doc__)
    # one core for each of two processes: the CPU time is then the work, not the waiting for threads
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "1"}
    os.environ |= {"TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
    from musicregion.compute import parallel

    settings = settings.model_copy(update={"features": "musicnn", "model": "bag_of_frames"})
    changes = {"train.epochs": EPOCHS, "tune.objective": "likelihood", "tune.folds": 0}
    settings = settings.with_changes(changes)
    names = [(method, seed) for seed in SEEDS for method in METHODS]
    asked = []
    for method, seed in names:
        own = dict(zip(("tune.sampler", "tune.pruner"), METHODS[method], strict=True))
        asked.append((settings.with_changes(own | {"tune.seed": seed}),))
    found = []
    for (method, seed), rows in zip(
        names, parallel.map_songs(search, asked, "search"), strict=True
    ):
        found += [{"method": method, "seed": seed} | row for row in rows]
    texts = [json.dumps(row.pop("changes"), sort_keys=True) for row in found]
    different = list(dict.fromkeys(texts))
    asked = [(settings.with_changes(json.loads(text)),) for text in different]
    scores = dict(zip(different, parallel.map_songs(tested, asked, "test"), strict=True))
    for row, text in zip(found, texts, strict=True):
        row |= scores[text]
    standard = without(settings)
    TABLE.write_text(json.dumps([standard, *found], indent=1) + "\n")
    draw(found, standard, TABLE.with_suffix(".png"))
    print("| method | CPU s | pruned | best validation | test | test accuracy |")
    print("|---|---|---|---|---|---|")
    names = ("cpu_s", "pruned", "best_validation", "test", "test_accuracy")
    for method in METHODS:
        last = [row for row in found if row["method"] == method and row["trials"] == TRIALS]
        means = [np.mean([row[name] for row in last]) for name in names]
        print(f"| {method} | {means[0]:.0f} | {means[1]:.1f} |", end="")
        print("".join(f" {mean:.3f} |" for mean in means[2:]))
    print("| no search | | |", end="")
    print("".join(f" {standard[name]:.3f} |" for name in names[2:]))


if __name__ == "__main__":
    import benchmarks.search

    benchmarks.search.main()  # by this name, for worker processes to import
