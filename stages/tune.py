"""`python -m stages.tune`: a search for better params of the model → results/best_params.yaml.

With tune.trials: 0 there is nothing to search, and the params stay as they are. A search goes on
where it was stopped: asking for 50 trials when 30 have ended runs 20. The test part is not read.
"""

from pathlib import Path

import yaml

from stages import params
from stages.params import Params

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
            fingerprints[dataset.array(settings.features).as_posix()],
        )
        with tqdm(desc=f"tune {settings.model}", total=wanted, unit="trial") as bar:
            while (missing := wanted - study.ended(found)) > 0:
                bar.n = wanted - missing
                bar.set_postfix_str(search_run.best_so_far(found))
                if study.busy(found) >= missing:
                    study.wait(found)
                elif cluster.address():
                    for _ in cluster.each(attempt.run, [(asked,)] * missing, "tune"):
                        bar.n = study.ended(found)
                        bar.set_postfix_str(search_run.best_so_far(found))
                else:
                    attempt.run(asked)
            bar.n = wanted
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
