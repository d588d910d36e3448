"""Names of metrics in MLflow, whose charts have a section for each path: test/song/accuracy."""

HEADLINE = "validation/song/accuracy"  # chooses between runs; test songs stay unseen until then
SEARCH_VALUE = "search/value"  # of a trial; in the search's own run, the best so far


def epoch_metrics(metrics: dict[str, float]) -> dict[str, float]:
    """Metrics of an epoch by their names in MLflow: val_loss is training/validation_loss."""
    named = {}
    for name, value in metrics.items():
        *sections, last = name.split("/")
        if last.startswith("val_"):
            last = f"validation_{last.removeprefix('val_')}"
        named["/".join(["training", *sections, last])] = value
    return named
