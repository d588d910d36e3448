from musicregion.evaluation.headline import headline_metrics

SCORES = {
    "accuracy": 0.5,
    "accuracy_low": 0.4,
    "accuracy_high": 0.6,
    "macro_f1": 0.3,
    "majority_accuracy": 0.2,
    "accuracy_spread": 0.1,
}
PART = {"song": SCORES, "segment": SCORES}
METRICS = {"validation": PART, "test": PART, "calibration": PART, "unknown": {"auroc": 0.4}}


def leaves(tree, prefix=""):
    """Names of the values, joined by /."""
    return [
        name
        for key, value in tree.items()
        for name in (
            leaves(value, f"{prefix}{key}/") if isinstance(value, dict) else [prefix + key]
        )
    ]


def test_the_headline_has_at_most_ten_numbers():
    assert leaves(headline_metrics(METRICS)) == [
        "validation/song/accuracy",
        "test/song/accuracy",
        "test/song/accuracy_low",
        "test/song/accuracy_high",
        "test/song/macro_f1",
        "test/song/majority_accuracy",
        "test/segment/accuracy",
    ]
    assert len(leaves(headline_metrics(METRICS | {"folds": PART}))) == 10
