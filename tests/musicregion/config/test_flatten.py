from musicregion.config.flatten import flatten


def test_params_have_dotted_keys():
    tree = {"model": "cnn", "cnn": {"filters": [32, 64], "dropout": 0.3}}
    assert flatten(tree) == {"model": "cnn", "cnn.filters": [32, 64], "cnn.dropout": 0.3}


def test_metrics_have_paths():
    metrics = {"test": {"song": {"accuracy": 0.5}}, "calibration": {"song": {"error_after": 0.1}}}
    assert flatten(metrics, "/") == {
        "test/song/accuracy": 0.5,
        "calibration/song/error_after": 0.1,
    }
