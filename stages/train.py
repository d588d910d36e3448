"""`python -m stages.train`: the chosen model → models/, results/ and one MLflow run.

With evaluate.folds the model is also cross-validated; the model that is saved is the same.
"""

import os

from musicregion.command import run
from musicregion.config import params
from musicregion.tuning import best


def main() -> None:
    settings = best.with_best_params(params.load_for_command(__doc__))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported
    from musicregion.dataset import dataset
    from musicregion.evaluation import experiment

    print(experiment.run_experiment(dataset.load_dataset(settings.features), settings))


if __name__ == "__main__":
    run(main)
