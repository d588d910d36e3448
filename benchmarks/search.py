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
from pathlib import Path

import numpy as np
import optuna

from benchmarks.search_plot import draw
from stages import params
from stages.dataset import Dataset
from stages.params import Params

TABLE = Path("benchmarks/results/search.json")
TRIALS, SEEDS, EPOCHS = 25, (1, 2, 3), 12
METHODS = {  # sampler, pruner
    "TPE with pruning": ("tpe", "median"),
    "TPE": ("tpe", "none"),
    "random": ("random", "none"),
}


def search(data: Dataset, settings: Params, label: str) -> list[dict]:
    """One study; a row for each trial: CPU seconds so far, the best value so far, who has it.

    data: the training and the validation part alone.
    """
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    from stages import models, objective, sampler, study

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tuned = settings.tune
    found = optuna.create_study(
        direction="maximize",
        sampler=sampler.ByNumber(tuned),
        pruner=study.pruner(tuned, settings.train.epochs),
    )
    rows: list[dict] = []
    begun = time.process_time()

    def value(one: optuna.Trial) -> float:
        changes = models.module(settings.model).space(one)
        one.set_user_attr("changes", changes)

        def report(value: float, step: int) -> None:
            one.report(value, step)
            if one.should_prune():
                raise optuna.TrialPruned

        with threadpool_limits(1, "blas"):
            return objective.judge(data, settings.changed(changes), report, lambda *_: None)

    for number in tqdm(range(1, TRIALS + 1), label, unit="trial"):
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


def tested(data: Dataset, settings: Params) -> dict[str, float]:
    """Log-likelihood and accuracy of the test songs, by these params."""
    from stages import assessment

    rows = (data.rows(part) for part in ("train", "validation", "test"))
    found = assessment.assess(data, *rows, settings, lambda *_: None)
    level = found.test["song"]
    sure = found.calibrated("test", "song")[np.arange(len(level.actual)), level.actual]
    right = level.predicted == level.actual
    return {"test": round(float(np.log(sure).mean()), 4), "test_accuracy": round(right.mean(), 4)}


def main() -> None:
    settings = params.from_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from tqdm import tqdm

    from stages import dataset, objective

    settings = settings.model_copy(update={"features": "musicnn", "model": "bag_of_frames"})
    changes = {"train.epochs": EPOCHS, "tune.objective": "likelihood", "tune.folds": 0}
    settings = settings.changed(changes)
    data = dataset.load("musicnn")
    arrays = ("features", "labels", "songs", "groups", "parts")
    data = replace(data, **{name: getattr(data, name)[::8] for name in arrays})
    found, searched = [], data.only("train", "validation")
    for method, (sampler, pruner) in METHODS.items():
        for seed in SEEDS:
            own = {"tune.sampler": sampler, "tune.pruner": pruner, "tune.seed": seed}
            rows = search(searched, settings.changed(own), f"{method}, seed {seed}")
            found += [{"method": method, "seed": seed} | row for row in rows]
    value = objective.judge(searched, settings, lambda *_: None, lambda *_: None)
    standard = {"method": "no search", "seed": settings.tune.seed, "trials": 0, "cpu_s": 0}
    standard |= {"best_validation": round(value, 4)} | tested(data, settings)
    known: dict[str, dict] = {}
    for row in tqdm(found, "test", unit="trial"):
        changes = row.pop("changes")
        key = json.dumps(changes, sort_keys=True)
        known[key] = known.get(key) or tested(data, settings.changed(changes))
        row |= known[key]
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
    main()
