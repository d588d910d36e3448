import subprocess
import sys
from pathlib import Path

import optuna
import pytest

from musicregion.config import params
from musicregion.errors import TrackingError, TrainingError
from musicregion.tuning import storage, study

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


def search(found, wanted, objective):
    """As stages.tune does it."""
    while (missing := wanted - study.count_ended(found)) > 0:
        study.wait_for_others(found) if study.count_running(found) >= missing else study.run_trial(
            found, objective
        )


SCRIPT = """
import os, signal, time
from musicregion.config import params
from musicregion.tuning import sampler, storage, study
storage.BEAT, storage.GRACE = 1, 2
def at(number):
    number == 2 and os.kill(os.getpid(), signal.SIGKILL)
def objective(trial):
    x = trial.suggest_float("x", -1, 1)
    BODY
    return x
found = study.open_study("shared", params.load().with_changes({"tune.pruner": "none"}))
while (missing := 6 - study.count_ended(found)) > 0:
    if study.count_running(found) >= missing:
        study.wait_for_others(found)
    else:
        study.run_trial(found, objective)
"""
KILLED = {
    "in training": SCRIPT.replace("BODY", "at(trial.number)"),
    "before its first sign of life": SCRIPT.replace("BODY", "pass").replace(
        "found =",
        "cls = sampler.SeededByTrialNumber\n"
        "cls.before_trial = lambda self, study, trial: at(trial.number)\nfound =",
        1,
    ),
}


def worker(script):
    """A process that searches the study "shared"."""
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", script], cwd=Path.cwd())


def test_the_same_seed_tries_the_same_values():
    values = []
    for name in ("one", "other"):
        found = study.open_study(name, SETTINGS)
        search(found, 5, square)
        values.append([trial.params["x"] for trial in found.trials])
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

    found = study.open_study("s", SETTINGS)
    search(found, 5, counted)
    assert called == [3, 4]
    at_once = study.open_study("in one go", SETTINGS)
    search(at_once, 5, square)
    assert [trial.params for trial in found.trials] == [trial.params for trial in at_once.trials]
    search(study.open_study("s", SETTINGS), 5, counted)
    assert called == [3, 4]


@pytest.mark.parametrize("error", [MemoryError("no more"), TrainingError("not a finite number")])
def test_a_trial_that_fails_says_why_and_the_next_one_runs(error):
    def fails_once(trial):
        if trial.number == 1:
            raise error
        return square(trial)

    found = study.open_study("s", SETTINGS)
    search(found, 4, fails_once)
    states = [trial.state.name for trial in found.trials]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    assert str(error) in found.trials[1].user_attrs[study.REASON]


@pytest.mark.parametrize("moment", KILLED)
def test_a_trial_whose_process_was_killed_is_run_again(moment):
    assert worker(KILLED[moment]).wait(60) == -9
    found = study.open_study("shared", SETTINGS)
    assert [trial.state.name for trial in found.trials] == ["COMPLETE", "COMPLETE", "RUNNING"]
    search(found, 4, square)
    assert study.count_ended(found) == 4
    killed, *others = found.trials[2:]
    assert killed.state.name == "FAIL"
    origin = optuna.storages.RetryHeartbeatStaleTrialCallback.retried_trial_number
    (again,) = [trial for trial in others if origin(trial) == 2]
    assert killed.params.items() <= again.params.items()


def test_a_trial_that_is_interrupted_by_hand_comes_first_in_the_next_run():
    def interrupted(trial):
        value = square(trial)
        if trial.number == 1:
            raise KeyboardInterrupt
        return value

    with pytest.raises(KeyboardInterrupt):
        search(study.open_study("s", SETTINGS), 3, interrupted)
    found = study.open_study("s", SETTINGS)
    search(found, 3, square)
    assert [trial.state.name for trial in found.trials] == [
        "COMPLETE",
        "FAIL",
        "COMPLETE",
        "COMPLETE",
    ]
    assert found.trials[2].params == found.trials[1].params


def test_two_processes_share_the_trials():
    script = SCRIPT.replace("BODY", "trial.set_user_attr('process', os.getpid()); time.sleep(0.5)")
    both = [worker(script) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    found = study.open_study("shared", SETTINGS)
    assert 6 <= len(found.trials) == study.count_ended(found) <= 7  # both may take the last one
    assert {trial.user_attrs["process"] for trial in found.trials} == {one.pid for one in both}
    assert len({trial.params["x"] for trial in found.trials}) == len(found.trials)


def test_every_sampler_and_pruner_that_params_name_works():
    for kind in ("tpe", "random", "cmaes"):
        for pruner in ("median", "hyperband", "none"):
            settings = SETTINGS.with_changes({"tune.sampler": kind, "tune.pruner": pruner})
            found = study.open_study(f"{kind} {pruner}", settings)

            def reports(trial):
                trial.suggest_float("y", 0, 1)  # CMA-ES wants two
                for step in range(1, 4):
                    trial.report(square(trial), step)
                    if trial.should_prune():
                        raise optuna.TrialPruned
                return square(trial)

            search(found, 4, reports)
            assert {trial.state.name for trial in found.trials} <= {"COMPLETE", "PRUNED"}


def test_a_storage_that_cannot_be_reached_is_a_sentence(monkeypatch):
    monkeypatch.setenv("OPTUNA_STORAGE", "sqlite:////nowhere/at/all.db")
    with pytest.raises(TrackingError, match="OPTUNA_STORAGE"):
        study.open_study("s", SETTINGS)
