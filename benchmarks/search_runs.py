"""One search of benchmarks.search, and the test scores of the params that it tried."""

import time
from functools import lru_cache

import numpy as np
import optuna

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

STEP = 8  # of a song's segments, one in so many is used


@lru_cache(maxsize=1)
def load_songs() -> Dataset:
    """One in STEP segments, as musicnn features."""
    from musicregion.dataset import loading

    return loading.load_dataset(("musicnn",)).take(slice(None, None, STEP))


def run_search(settings: Params, trials: int) -> list[dict]:
    """One study; a row for each trial: CPU seconds and the best value so far, and its changes."""
    from threadpoolctl import threadpool_limits

    from musicregion.models import registry
    from musicregion.tuning import objective, sampler, study

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    data = load_songs().only("train", "validation")
    search = optuna.create_study(
        direction="maximize",
        sampler=sampler.SeededByTrialNumber(settings.tune),
        pruner=study.make_pruner(settings.tune, settings.train.epochs),
    )
    rows = []
    start = time.process_time()

    def evaluate_trial(trial: optuna.Trial) -> float:
        changes = registry.load_module(settings.model).space(trial)
        trial.set_user_attr("changes", changes)

        def report(value: float, step: int) -> None:
            trial.report(value, step)
            if trial.should_prune():
                raise optuna.TrialPruned

        with threadpool_limits(1, "blas"):
            return objective.evaluate_params(
                data, settings.with_changes(changes), report, lambda *_: None
            )

    for number in range(1, trials + 1):
        search.optimize(evaluate_trial, n_trials=1)
        best = search.best_trial
        rows.append(
            {
                "trials": number,
                "cpu_s": round(time.process_time() - start, 1),
                "best_validation": round(best.value, 4),
                "pruned": sum(trial.state.name == "PRUNED" for trial in search.trials),
                "changes": best.user_attrs["changes"],
            }
        )
    return rows


def score_on_test(settings: Params) -> dict[str, float]:
    """Mean log-likelihood and accuracy of the test songs with these params."""
    from musicregion.evaluation import holdout

    data = load_songs()
    rows = (data.rows(part) for part in ("train", "validation", "test"))
    result = holdout.evaluate_holdout(data, *rows, settings, lambda *_: None)
    songs = result.test["song"]
    likelihood = result.calibrated("test", "song")[np.arange(len(songs.actual)), songs.actual]
    accuracy = (songs.predicted == songs.actual).mean()
    return {
        "test": round(float(np.log(likelihood).mean()), 4),
        "test_accuracy": round(accuracy, 4),
    }


def score_without_search(settings: Params) -> dict:
    """The row of params.yaml as it is."""
    from musicregion.tuning import objective

    data = load_songs().only("train", "validation")
    value = objective.evaluate_params(data, settings, lambda *_: None, lambda *_: None)
    row = {"method": "no search", "seed": settings.tune.seed, "trials": 0, "cpu_s": 0}
    return row | {"best_validation": round(value, 4)} | score_on_test(settings)
