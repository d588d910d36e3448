from unittest import mock

import pandas as pd

from musicregion.config import params
from musicregion.evaluation import experiment

METRICS = {"accuracy": 0.5, "loss": 1.0, "val_accuracy": 0.4, "val_loss": 1.1}

SETTINGS = params.load()


def test_the_curves_so_far_are_a_file_after_every_epoch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = mock.Mock()
    with experiment.log_epochs(run, SETTINGS) as on_epoch:
        for epoch in (1, 2):
            on_epoch(epoch, METRICS)
            history = pd.read_csv("results/history.csv")
            assert history["epoch"].tolist() == list(range(1, epoch + 1))
            assert history.columns.tolist() == ["epoch", *METRICS]
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["history.csv"]
    assert run.log_metrics.call_count == 2
