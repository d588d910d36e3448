"""The model card: what a user of a model needs to know besides its weights."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from musicregion.dataset.dataset import Dataset
    from musicregion.evaluation.holdout import HoldoutResult


def model_card(
    result: "HoldoutResult", data: "Dataset", run_params: dict[str, Any], metrics: dict[str, Any]
) -> str:
    """Regions, params, temperatures and test scores, as JSON.

    run_params: by dotted key; metrics: as report.measure_holdout returns them.
    """
    scores = metrics["test"]["song"]
    names = ("accuracy", "accuracy_low", "accuracy_high", "majority_accuracy")
    card = {
        "regions": data.regions,
        "params": run_params,
        "temperature": result.temperature,
        "test": {name: scores[name] for name in names} | {"songs": len(result.test["song"].songs)},
    }
    return json.dumps(card, indent=2, sort_keys=True) + "\n"
