"""What a user of a model must know beside its weights."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from musicregion.dataset.dataset import Dataset
    from musicregion.evaluation.holdout import HoldoutResult


def model_card(found: "HoldoutResult", data: "Dataset", chosen: dict, metrics: dict) -> str:
    """What a user of the model must know beside its weights, as JSON."""
    test = metrics["test"]["song"]
    names = ("accuracy", "accuracy_low", "accuracy_high", "majority_accuracy")
    facts = {
        "regions": data.regions,
        "params": chosen,
        "temperature": found.temperature,
        "threshold": found.threshold,
        "test": {name: test[name] for name in names} | {"songs": len(found.test["song"].songs)},
    }
    return json.dumps(facts, indent=2, sort_keys=True) + "\n"
