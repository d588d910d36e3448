"""One hidden layer, half the size of its input, on the flattened coefficients."""

from typing import TYPE_CHECKING

import keras
from keras import layers

from musicregion.config.model_sections import Dense
from musicregion.errors import TrainingError
from musicregion.models import search_space

if TYPE_CHECKING:
    import optuna


MAX_WEIGHTS = 200_000_000  # training holds them four times over, in 3.2 GB


def build(
    shape: tuple[int, int], regions: int, normalise: layers.Layer, params: Dense
) -> keras.Model:
    """shape: (time, coefficient) of a segment. The network returns probabilities [n, region].

    Raises:
        TrainingError: the layer would have more than MAX_WEIGHTS weights.
    """
    values = shape[0] * shape[1]
    units = values // 2
    if values * units > MAX_WEIGHTS:
        raise TrainingError(
            f"dense: {values:,} values per segment need {values * units // 10**6:,} million "
            f"weights, more than {MAX_WEIGHTS // 10**6} million. Use smaller features, such as "
            "mfcc, or a model that does not grow with them, such as temporal."
        )
    return keras.Sequential(
        [
            keras.Input(shape),
            normalise,
            layers.Flatten(),
            layers.Dense(
                units,
                activation="relu",
                kernel_regularizer=keras.regularizers.L2(params.l2),
            ),
            layers.Dropout(params.dropout),
            layers.Dense(regions, activation="softmax"),
        ]
    )


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    return search_space.training_search_space(trial) | {
        "dense.l2": trial.suggest_float("dense.l2", 1e-5, 1e-2, log=True),
        "dense.dropout": trial.suggest_float("dense.dropout", 0, 0.7),
    }
