import subprocess
import sys
import textwrap
from pathlib import Path

import optuna
import pytest

from stages import params, study

SETTINGS = params.load().changed({"tune.pruner": "none"})
pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.delenv("OPTUNA_STORAGE", raising=False)
    monkeypatch.setattr(study, "BEAT", 1)
    monkeypatch.setattr(study, "GRACE", 2)
    return tmp_path


def square(trial):
    return -((trial.suggest_float("x", -1, 1) - 0.5) ** 2)


def search(found, wanted, objective):
    """As stages.tune does it."""
    while (missing := wanted - study.ended(found)) > 0:
        study.wait(found) if study.busy(found) >= missing else study.one(found, objective)


def worker(code):
    """A process that searches the study "shared" with the function `objective` of some code."""
    text = f"""
        import os, signal, time
        from stages import params, study
        study.BEAT, study.GRACE = 1, 2
        found = study.opened("shared", params.load().changed({{"tune.pruner": "none"}}))
        {code}
                while (missing := 6 - study.ended(found)) > 0:
            study.wait(found) if study.busy(found) >= missing else study.one(found, objective)
    """
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(text)], cwd=Path.cwd()
    )


def test_the_same_seed_tries_the_same_values():
    values = []
    for name in ("one", "other"):
        found = study.opened(name, SETTINGS)
        search(found, 5, square)
        values.append([trial.params["x"] for trial in found.trials])
    assert values[0] == values[1]
    other = study.opened("another seed", SETTINGS.changed({"tune.seed": 2}))
    search(other, 5, square)
    assert [trial.params["x"] for trial in other.trials] != values[0]


def test_more_trials_than_there_are_run_the_rest():
    search(study.opened("s", SETTINGS), 3, square)
    called = []

    def counted(trial):
        called.append(trial.number)
        return square(trial)

    found = study.opened("s", SETTINGS)
    search(found, 5, counted)
    assert called == [3, 4]
    at_once = study.opened("in one go", SETTINGS)
    search(at_once, 5, square)
    assert [trial.params for trial in found.trials] == [trial.params for trial in at_once.trials]
    search(study.opened("s", SETTINGS), 5, counted)
    assert called == [3, 4]


@pytest.mark.parametrize("error", [MemoryError("no more"), SystemExit("not a finite number")])
def test_a_trial_that_fails_says_why_and_the_next_one_runs(error):
    def fails_once(trial):
        if trial.number == 1:
            raise error
        return square(trial)

    found = study.opened("s", SETTINGS)
    search(found, 4, fails_once)
    states = [trial.state.name for trial in found.trials]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    assert str(error) in found.trials[1].user_attrs[study.REASON]


def test_a_trial_whose_process_was_killed_is_run_again():
    code = """
        def objective(trial):
            x = trial.suggest_float("x", -1, 1)
            if trial.number == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return x
    """
    assert worker(textwrap.indent(textwrap.dedent(code), " " * 8).strip()).wait(60) == -9
    found = study.opened("shared", SETTINGS)
    assert [trial.state.name for trial in found.trials] == ["COMPLETE", "COMPLETE", "RUNNING"]
    search(found, 4, square)
    assert study.ended(found) == 4
    killed = found.trials[2]
    assert killed.state.name == "FAIL"
    assert killed.params in [trial.params for trial in found.trials if trial is not killed]


def test_two_processes_share_the_trials():
    code = """
        def objective(trial):
            trial.set_user_attr("process", os.getpid())
            time.sleep(0.5)
            return trial.suggest_float("x", -1, 1)
    """
    code = textwrap.indent(textwrap.dedent(code), " " * 8).strip()
    both = [worker(code) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    found = study.opened("shared", SETTINGS)
    assert len(found.trials) == study.ended(found) == 6
    assert {trial.user_attrs["process"] for trial in found.trials} == {one.pid for one in both}
    assert len({trial.params["x"] for trial in found.trials}) == 6


def test_every_sampler_and_pruner_that_params_name_works():
    for sampler in ("tpe", "random", "cmaes"):
        for pruner in ("median", "hyperband", "none"):
            settings = SETTINGS.changed({"tune.sampler": sampler, "tune.pruner": pruner})
            found = study.opened(f"{sampler} {pruner}", settings)

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
    with pytest.raises(SystemExit, match="OPTUNA_STORAGE"):
        study.opened("s", SETTINGS)
