import time

from musicregion.tracking import system_metrics


class Recorder:
    def __init__(self):
        self.rows = []

    def log_metrics(self, values, step):
        self.rows.append((step, values))


def test_the_machine_is_watched_to_the_end_of_the_block(monkeypatch):
    monkeypatch.setattr(system_metrics, "INTERVAL", 0.05)
    run = Recorder()
    with system_metrics.log_system_metrics(run):
        time.sleep(0.3)
    steps = [step for step, _ in run.rows]
    assert steps == list(range(len(steps)))
    assert len(steps) >= 3
    assert run.rows[-1][1]["system/system_memory_usage_megabytes"] > 0


def test_a_block_shorter_than_the_interval_is_measured_once():
    run = Recorder()
    with system_metrics.log_system_metrics(run):
        pass
    assert len(run.rows) == 1
