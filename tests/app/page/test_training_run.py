"""A training outlives the page, is found again, and can be stopped; there is one at a time."""

import os
import sys
from dataclasses import replace

import pytest

from app.page import training_run
from app.page.training_run import last_training, start_training, stop_training
from musicregion.errors import TrainingError
from tests.app.test_web import wait_until

SLEEP = "import time; time.sleep(99)"
CHILD = f"import subprocess; subprocess.run(['{sys.executable}', '-c', '{SLEEP}'])"
STUBBORN = "import signal, time; signal.signal(2, signal.SIG_IGN); print('ready'); time.sleep(99)"


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start(code): starts Python code in place of DVC."""
    monkeypatch.chdir(tmp_path)

    def start_code(code):
        words = ["timeit", "-n", "1", "-r", "1", code]
        monkeypatch.setattr(training_run, "training_words", lambda *_: words)
        start_training("mine", "svm")

    yield start_code
    stop_training()


def test_the_command_is_what_a_user_types():
    words = training_run.training_words("mine", "svm")
    assert " ".join(words) == "dvc exp run -S corpus=mine -S model=svm"


def test_a_training_runs_apart_from_the_page_until_it_is_done(start):
    assert last_training() is None
    start("import time; print('seen'); time.sleep(0.5)")
    training = last_training()
    assert training.state() == "running"
    assert os.getsid(training.pid) == training.pid != os.getsid(0)
    wait_until(lambda: training.state() != "running")
    assert training.state() == "done"
    assert "seen" in training_run.LOG.read_text()


def test_a_second_one_is_refused_while_one_runs(start):
    start(SLEEP)
    first = last_training()
    with pytest.raises(TrainingError, match="svm on mine is running"):
        start("pass")
    assert last_training() == first
    stop_training()
    start("pass")
    assert last_training() != first


def test_a_stopped_one_leaves_no_process(start):
    start(CHILD)
    shell = last_training().process()
    wait_until(lambda: len(shell.children(recursive=True)) == 2)
    processes = shell.children(recursive=True)
    stop_training()
    assert last_training().state() == "stopped"
    assert not any(process.is_running() for process in processes)


def test_one_that_does_not_stop_is_killed(start, monkeypatch):
    monkeypatch.setattr(training_run, "GRACE", 0.5)
    start(STUBBORN)
    wait_until(lambda: "ready" in training_run.LOG.read_text())
    stop_training()
    assert last_training().state() == "stopped"


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "import os; os.kill(os.getppid(), 9)"])
def test_one_that_ends_early_has_failed(start, code):
    start(code)
    wait_until(lambda: last_training().state() != "running")
    assert last_training().state() == "failed"


def test_another_process_with_its_number_is_not_taken_for_it(start):
    start(SLEEP)
    training = last_training()
    assert training.process()
    assert replace(training, started=training.started - 60).process() is None
    assert replace(training, pid=2**22 + 1).process() is None


def test_stopping_what_has_ended_changes_nothing(start):
    start("pass")
    wait_until(lambda: last_training().state() != "running")
    stop_training()
    assert last_training().state() == "done"
