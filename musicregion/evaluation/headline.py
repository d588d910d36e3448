"""The few metrics by which runs are compared: metrics.json, which DVC shows in its tables."""

from typing import Any

INTERVAL = ("accuracy", "accuracy_low", "accuracy_high")
HEADLINE: dict[
    str, dict[str, tuple[str, ...]]
] = {  # by part and unit; ten names, so that a table of experiments fits on a screen
    "validation": {"song": ("accuracy",)},
    "test": {"song": (*INTERVAL, "macro_f1", "majority_accuracy"), "segment": ("accuracy",)},
    "folds": {"song": INTERVAL},
}


def headline_metrics(metrics: dict[str, Any]) -> dict[str, Any]:
    """The headline among all metrics, nested in the same way; folds only where there are some."""
    return {
        part: {
            unit: {name: metrics[part][unit][name] for name in names}
            for unit, names in units.items()
        }
        for part, units in HEADLINE.items()
        if part in metrics
    }
