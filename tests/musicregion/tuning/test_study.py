import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import optuna
import pytest

from musicregion.config import params
from musicregion.config.sections import Tune
from musicregion.errors import TrackingError, TrainingError
from musicregion.tuning import sampler, storage, study

SETTINGS = params.load().with_changes({"tune.pruner": "none"})
pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.delenv("OPTUNA_STORAGE", raising=False)
    monkeypatch.setattr(storage, "BEAT", 1)
    monkeypatch.setattr(storage, "GRACE", 2)
    return tmp_path


def square(trial):
    return -((trial.suggest_float("x", -1, 1) - 0.5) ** 2)


def search(opened, wanted, objective):
    """As musicregion.tuning.search does it."""
    while (missing := wanted - study.count_ended(opened)) > 0:
        if study.count_running(opened) >= missing:
            study.wait_for_others(opened)
        else:
            study.run_trial(opened, objective)


SCRIPT = """
import os, signal, time
from musicregion.config import params
from musicregion.tuning import sampler, storage, study
import optuna
storage.BEAT, storage.GRACE = 1, 2
def kill_in(number, trial):
    trial.number == number and os.kill(os.getpid(), signal.SIGKILL)
def objective(trial):
    x = trial.suggest_float("x", -1, 1)
    BODY
    return x
PATCH
opened = study.open_study("shared", params.load().with_changes({"tune.pruner": "none"}))
while (missing := 6 - study.count_ended(opened)) > 0:
    if study.count_running(opened) >= missing:
        study.wait_for_others(opened)
    else:
        study.run_trial(opened, objective)
"""
KILL_BEFORE_START = """
sampler.SeededByTrialNumber.before_trial = lambda self, study, trial: kill_in(NUMBER, trial)
"""
SLOW_FIRST_HEARTBEAT = """
beat = optuna.storages.RDBStorage.record_heartbeat
def slow_beat(self, trial_id):
    self.get_trial(trial_id).number == 2 and time.sleep(60)
    beat(self, trial_id)
optuna.storages.RDBStorage.record_heartbeat = slow_beat
"""


def script(body="pass", patch=""):
    return SCRIPT.replace("BODY", body).replace("PATCH", patch)


KILLED = {
    "in training": script("kill_in(2, trial)"),
    "before its start": script(patch=KILL_BEFORE_START.replace("NUMBER", "2")),
    "in training, before its first heartbeat": script("kill_in(2, trial)", SLOW_FIRST_HEARTBEAT),
}


def start_worker(code):
    """A process that searches the study "shared"."""
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], cwd=Path.cwd())


def test_the_same_seed_tries_the_same_values():
    values = []
    for name in ("one", "other"):
        opened = study.open_study(name, SETTINGS)
        search(opened, 5, square)
        values.append([trial.params["x"] for trial in opened.trials])
    assert values[0] == values[1]
    other = study.open_study("another seed", SETTINGS.with_changes({"tune.seed": 2}))
    search(other, 5, square)
    assert [trial.params["x"] for trial in other.trials] != values[0]


def test_more_trials_than_there_are_run_the_rest():
    search(study.open_study("s", SETTINGS), 3, square)
    called = []

    def counted(trial):
        called.append(trial.number)
        return square(trial)

    opened = study.open_study("s", SETTINGS)
    search(opened, 5, counted)
    assert called == [3, 4]
    at_once = study.open_study("in one go", SETTINGS)
    search(at_once, 5, square)
    assert [trial.params for trial in opened.trials] == [trial.params for trial in at_once.trials]
    search(study.open_study("s", SETTINGS), 5, counted)
    assert called == [3, 4]


@pytest.mark.parametrize("error", [MemoryError("no more"), TrainingError("not a finite number")])
def test_a_trial_that_fails_says_why_and_the_next_one_runs(error):
    def fails_once(trial):
        if trial.number == 1:
            raise error
        return square(trial)

    opened = study.open_study("s", SETTINGS)
    search(opened, 4, fails_once)
    states = [trial.state.name for trial in opened.trials]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    assert str(error) in opened.trials[1].user_attrs[study.REASON]


@pytest.mark.slow
@pytest.mark.parametrize("moment", KILLED)
def test_a_trial_whose_process_was_killed_is_run_again(moment):
    assert start_worker(KILLED[moment]).wait(60) == -9
    opened = study.open_study("shared", SETTINGS)
    assert [trial.state.name for trial in opened.trials] == ["COMPLETE", "COMPLETE", "RUNNING"]
    search(opened, 4, square)
    assert study.count_ended(opened) == 4
    killed, *others = opened.trials[2:]
    assert killed.state.name == "FAIL"
    origin = optuna.storages.RetryHeartbeatStaleTrialCallback.retried_trial_number
    (again,) = [trial for trial in others if origin(trial) == 2]
    assert killed.params.items() <= again.params.items()


@pytest.mark.slow
def test_a_retry_whose_process_was_killed_too_is_run_again():
    """Before its first heartbeat, with the user attributes that it has from the first attempt."""
    assert start_worker(KILLED["in training"]).wait(60) == -9
    time.sleep(storage.GRACE + 1)
    code = script(patch=KILL_BEFORE_START.replace("NUMBER", "3"))
    assert start_worker(code).wait(60) == -9
    opened = study.open_study("shared", SETTINGS)
    assert [trial.state.name for trial in opened.trials[2:]] == ["FAIL", "RUNNING"]
    time.sleep(storage.GRACE + 1)
    storage.requeue_stale_trials(opened)
    assert [trial.state.name for trial in opened.trials[2:]] == ["FAIL", "FAIL", "WAITING"]


def test_two_processes_that_see_the_same_killed_trial_queue_it_once(monkeypatch):
    opened = study.open_study("s", SETTINGS)
    opened.ask()  # without heartbeats
    running = storage.running_trials(opened)
    monkeypatch.setattr(storage, "GRACE", 0)
    storage.requeue_stale_trials(opened)
    monkeypatch.setattr(storage, "running_trials", lambda study: running)  # as seen before
    storage.requeue_stale_trials(opened)
    assert [trial.state.name for trial in opened.trials] == ["FAIL", "WAITING"]


def test_the_result_of_a_trial_that_others_gave_up_is_dropped():
    """As after a sleep of the computer."""

    def given_up(trial):
        value = square(trial)
        study.open_study("s", SETTINGS).tell(trial.number, state=optuna.trial.TrialState.FAIL)
        return value

    opened = study.open_study("s", SETTINGS)
    study.run_trial(opened, given_up)
    study.run_trial(opened, square)
    assert [trial.state.name for trial in opened.trials] == ["FAIL", "COMPLETE"]


def test_a_trial_that_is_interrupted_by_hand_comes_first_in_the_next_run():
    def interrupted(trial):
        value = square(trial)
        if trial.number == 1:
            raise KeyboardInterrupt
        return value

    with pytest.raises(KeyboardInterrupt):
        search(study.open_study("s", SETTINGS), 3, interrupted)
    opened = study.open_study("s", SETTINGS)
    search(opened, 3, square)
    assert [trial.state.name for trial in opened.trials] == [
        "COMPLETE",
        "FAIL",
        "COMPLETE",
        "COMPLETE",
    ]
    assert opened.trials[2].params == opened.trials[1].params


def test_two_processes_share_the_trials():
    code = script("trial.set_user_attr('process', os.getpid()); time.sleep(0.5)")
    both = [start_worker(code) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    opened = study.open_study("shared", SETTINGS)
    assert 6 <= len(opened.trials) == study.count_ended(opened) <= 7  # both may take the last one
    assert {trial.user_attrs["process"] for trial in opened.trials} == {
        process.pid for process in both
    }
    assert len({trial.params["x"] for trial in opened.trials}) == len(opened.trials)


SAMPLERS = {
    "tpe": optuna.samplers.TPESampler,
    "random": optuna.samplers.RandomSampler,
    "cmaes": optuna.samplers.CmaEsSampler,
}
PRUNERS = {
    "median": optuna.pruners.MedianPruner,
    "hyperband": optuna.pruners.HyperbandPruner,
    "none": optuna.pruners.NopPruner,
}


def test_every_sampler_and_pruner_that_params_name_works():
    assert set(SAMPLERS) == set(get_args(Tune.model_fields["sampler"].annotation))
    assert set(PRUNERS) == set(get_args(Tune.model_fields["pruner"].annotation))
    for name in SAMPLERS:
        assert type(sampler.make_sampler(name, 1)) is SAMPLERS[name]
        for pruner in PRUNERS:
            settings = SETTINGS.with_changes({"tune.sampler": name, "tune.pruner": pruner})
            opened = study.open_study(f"{name} {pruner}", settings)
            assert type(opened.pruner) is PRUNERS[pruner]

            def reports(trial):
                trial.suggest_float("y", 0, 1)  # CMA-ES wants two
                for step in range(1, 4):
                    trial.report(square(trial), step)
                    if trial.should_prune():
                        raise optuna.TrialPruned
                return square(trial)

            search(opened, 4, reports)
            assert {trial.state.name for trial in opened.trials} <= {"COMPLETE", "PRUNED"}


def test_a_storage_that_cannot_be_reached_is_a_sentence(monkeypatch):
    monkeypatch.setenv("OPTUNA_STORAGE", "sqlite:////nowhere/at/all.db")
    with pytest.raises(TrackingError, match="OPTUNA_STORAGE"):
        study.open_study("s", SETTINGS)
