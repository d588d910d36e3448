"""`python -m stages.tune`: a search for better params of the model → results/best_params.yaml.

With tune.trials: 0 there is nothing to search, and the params stay as they are. A search goes on
where it was stopped: asking for 50 trials when 30 have ended runs 20. The test part is not read.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from stages import params
from stages.params import Params

if TYPE_CHECKING:
    from stages.attempt import Search

BEST = Path("results/best_params.yaml")
# what decides a trial's value: another study, where one of them is another
CODE = ["attempt", "balance", "calibration", "classifier", "crossvalidation", "dataset", "models"]
CODE += ["network", "objective", "opinion_pool", "pooling", "sampler", "split", "statistical"]
FATAL = 3  # trials in a row that kill their workers
PACKAGES = ["keras", "numpy", "optuna", "scikit-learn", "scipy", "tensorflow"]


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
    modules = [f"stages.{module}" for module in CODE] + [f"stages.models.{settings.model}"]
    code = provenance.key(settings.split, modules, PACKAGES)
    asked = tracking.digest(question | fingerprints | {"code": code})
    return f"{settings.corpus} {settings.features} {settings.model} {asked}"


def search(settings: Params) -> dict[str, object]:
    """Run the study, here or on the cluster; the best trial's changes of params.

    Raises:
        SystemExit: all trials failed.
    """
    from tqdm import tqdm

    from stages import attempt, cluster, dataset, search_run, study, tracking

    attempt.quiet()
    fingerprints = dataset.fingerprints(settings.features)
    found = study.opened(name(settings, fingerprints), settings)
    wanted = settings.tune.trials
    where = {"MLFLOW_TRACKING_URI": tracking.store(), "OPTUNA_STORAGE": study.url()}
    with search_run.parent(found, settings, fingerprints) as (experiment, own):
        asked = attempt.Search(
            settings,
            found.study_name,
            experiment,
            own.run_id,
            where | {"DVC_ROOT": str(tracking.folder().parent)},
            tracking.digest(fingerprints),
        )
        begun = len(found.trials)  # failures of earlier runs are tried again, not counted
        with tqdm(desc=f"tune {settings.model}", total=wanted, unit="trial") as bar:

            def missing() -> int:
                bar.n = min(study.ended(found, begun), wanted)
                bar.set_postfix_str(search_run.best_so_far(found))
                return wanted - bar.n

            while (count := missing()) > 0:
                free = count - study.busy(found)
                if free <= 0:
                    study.wait(found)
                elif cluster.address():
                    everywhere(asked, free, missing)
                else:
                    attempt.run(asked)
        study.settle(found)
        if not search_run.complete(found):
            reasons = {one.user_attrs.get(study.REASON, one.state.name) for one in found.trials}
            raise SystemExit(f"tune: all trials failed: {'; '.join(sorted(reasons))}")
        search_run.summary(found, own)
        return found.best_trial.user_attrs["changes"]


def everywhere(asked: "Search", count: int, show: Callable[[], int]) -> None:
    """Run trials on the cluster.

    Raises:
        SystemExit: trials kill the workers, one after the other.
    """
    from stages import attempt, cluster
    from stages.parallel import Died

    died = 0
    for result in cluster.each(attempt.run, [(asked,)] * count, "tune"):
        died = died + 1 if isinstance(result, Died) else 0
        if died == FATAL:
            raise SystemExit(
                f"tune: {FATAL} trials in a row killed the workers that ran them; do these have "
                "enough memory?"
            )
        show()


def main() -> None:
    settings = params.from_command(__doc__)
    changes = search(settings) if settings.tune.trials else {}
    BEST.parent.mkdir(exist_ok=True)
    BEST.write_text(yaml.safe_dump(changes))
    print(f"tune: {changes or 'no search, params as they are'}")


if __name__ == "__main__":
    main()
