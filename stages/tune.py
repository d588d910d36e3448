"""`python -m stages.tune`: a search for better params of the model → results/best_params.yaml.

With tune.trials: 0 there is nothing to search, and the params stay as they are. A search goes on
where it was stopped: asking for 50 trials when 30 have ended runs 20. The test part is not read.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from stages import params
from stages.params import Params

if TYPE_CHECKING:
    import optuna

    from stages.dataset import Dataset
    from stages.record import Record

BEST = Path("results/best_params.yaml")


def best(settings: Params) -> Params:
    """The params with what the search has found.

    Raises:
        SystemExit: the stage tune has not run.
    """
    if not BEST.is_file():
        raise SystemExit(f"{BEST}: not found. `dvc repro` makes it.")
    return settings.changed(yaml.safe_load(BEST.read_text()))


def name(settings: Params, fingerprints: dict[str, str]) -> str:
    """The study's: the same for the same question, however many trials are asked for."""
    from stages import provenance, tracking

    question = settings.chosen() | settings.tune.model_dump(exclude={"trials"})
    question = {key: value for key, value in question.items() if not key.startswith("evaluate.")}
    modules = [f"stages.models.{settings.model}", "stages.models", "stages.objective"]
    code = provenance.key(settings.tune.model_copy(update={"trials": 0}), modules, [])
    asked = tracking.digest(question | fingerprints | {"code": code})
    return f"{settings.corpus} {settings.features} {settings.model} {asked}"


def attempt(trial: "optuna.Trial", data: "Dataset", settings: Params, own: "Record") -> float:
    """One trial of a search: what the sampler suggests, trained and judged. own: its MLflow run."""
    import optuna

    from stages import models, objective

    changes = models.module(settings.model).space(trial)
    trial.set_user_attr("changes", changes)
    own.params(changes)

    def report(value: float, step: int) -> None:
        trial.report(value, step)
        if trial.should_prune():
            raise optuna.TrialPruned(f"at step {step}")

    def on_epoch(epoch: int, metrics: dict) -> None:
        own.metrics(metrics, epoch)

    value = objective.judge(data, settings.changed(changes), report, on_epoch)
    own.metrics({"value": value})
    return value


def search(settings: Params) -> dict[str, object]:
    """Run the study; the best trial's changes of params.

    Raises:
        SystemExit: all trials failed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import warnings

    import optuna
    from tqdm import tqdm

    from stages import dataset, search_run, study

    # heartbeats and pictures, which have been called experimental for years
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    fingerprints = dataset.fingerprints(settings.features)
    found = study.opened(name(settings, fingerprints), settings)
    wanted = settings.tune.trials
    with search_run.parent(found, settings, fingerprints) as (experiment, own):
        with tqdm(desc=f"tune {settings.model}", total=wanted, unit="trial") as bar:

            def show() -> None:
                bar.n = min(len(study.ended(found)), wanted)
                bar.set_postfix_str(search_run.best_so_far(found))

            def objective(one: "optuna.Trial") -> float:
                with search_run.nested(one, experiment, own.run_id) as run:
                    return attempt(one, data, settings, run)

            show()
            data = dataset.load(settings.features).only("train", "validation")
            study.search(found, wanted, objective, lambda *_: show())
        if not search_run.complete(found):
            reasons = {one.user_attrs.get(study.REASON, one.state.name) for one in found.trials}
            raise SystemExit(f"tune: all trials failed: {'; '.join(sorted(reasons))}")
        search_run.summary(found, own)
        return found.best_trial.user_attrs["changes"]


def main() -> None:
    settings = params.from_command(__doc__)
    changes = search(settings) if settings.tune.trials else {}
    BEST.parent.mkdir(exist_ok=True)
    BEST.write_text(yaml.safe_dump(changes))
    print(f"tune: {changes or 'no search, params as they are'}")


if __name__ == "__main__":
    main()
