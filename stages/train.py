"""`python -m stages.train`: the chosen model → models/, results/ and one MLflow run.

With evaluate.folds the model is also cross-validated; the model that is saved is the same.
"""

from musicregion.command import run
from musicregion.config import params
from musicregion.config.committed import changed_params
from musicregion.tuning import best


def main() -> None:
    settings = best.with_best_params(params.load_for_command(__doc__))
    if changes := changed_params():  # DVC skips the stage params if it has run with the same ones
        print(f"train: params that differ from the commit: {', '.join(changes)}")
    from musicregion.dataset import loading
    from musicregion.evaluation import experiment

    print(experiment.run_experiment(loading.load_dataset(settings.kinds), settings))


if __name__ == "__main__":
    run(main)
