"""Stages, sentences and curves as the log and the files of a training have them."""

import json

import pandas as pd
import pytest

from app.page import training_progress
from app.page.training_run import LOG, RUN, STATUS, STOPPED, Training
from musicregion.storage import paths
from tests.conftest import REPOSITORY

PRINTED = """Reproducing experiment 'a-b'
Stage 'params' didn't change, skipping
Stage 'download' is cached - skipping run, checking out outputs
Running stage 'segment':
> python -m stages.segment
\rsegment:  50%\rsegment: 100%
Updating lock file 'dvc.lock'

Running stage 'fingerprint':
"""
FAILED = (
    PRINTED + "fingerprint: no <memory> left\nERROR: failed to reproduce 'fingerprint': failed\n"
)
HISTORY = "epoch,accuracy,loss,val_accuracy,val_loss\n1,0.5,2,0.4,3\n2,0.75,1,0.5,2\n"


@pytest.fixture
def write_log(tmp_path, monkeypatch):
    """write_log(text, status, stopped): a training that has ended, with a log."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").write_text((REPOSITORY / "dvc.yaml").read_text())

    def write(text, status="1", stopped=False):
        LOG.parent.mkdir(parents=True, exist_ok=True)
        LOG.write_text(text)
        RUN.write_text(json.dumps(vars(Training("mine", "dense", 2**22 + 1, 0.0))))
        if status:
            STATUS.write_text(status)
        if stopped:
            STOPPED.touch()
        return training_progress.read_progress()

    return write


def test_without_a_training_there_is_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert training_progress.read_progress() is None


def test_a_stage_is_done_once_the_next_one_runs(write_log):
    write_log("")
    states = training_progress.stage_states(PRINTED.split("\n"), "running")
    expected = ["unchanged", "unchanged", "done", "running", "waiting", "waiting"]
    assert list(states.values())[:6] == expected
    assert list(states)[3] == "fingerprint"
    assert states["train"] == "waiting"


def test_a_failed_training_ends_with_the_sentence_of_its_stage(write_log):
    progress = write_log(FAILED)
    assert "has failed" in progress.status
    assert "<small>fingerprint: no &lt;memory&gt; left</small>" in progress.status
    assert '<li class="failed">' in progress.stages
    assert "segment: 100%" in progress.lines
    assert "50%" not in progress.lines


def test_one_that_was_killed_says_that_it_can_be_continued(write_log):
    assert "Start it again" in write_log(PRINTED, status="").status


def test_a_stopped_one_says_where_it_continues(write_log):
    progress = write_log(FAILED, stopped=True)
    assert "was stopped" in progress.status
    assert "no &lt;memory" not in progress.status
    assert '<li class="stopped">' in progress.stages


def test_the_command_is_shown(write_log):
    assert "<code>dvc exp run -S corpus=mine -S model=dense</code>" in write_log(PRINTED).status


def test_curves_are_those_of_this_training(write_log, tmp_path):
    (tmp_path / "results").mkdir()
    paths.HISTORY.write_text(HISTORY)
    assert write_log(PRINTED).epochs.empty  # an earlier training's
    progress = write_log(PRINTED + "Running stage 'train':\n")
    table = progress.epochs.set_index(["epoch", "part"])
    assert table.loc[(2, "validation"), ["accuracy", "loss"]].tolist() == [0.5, 2]
    assert len(table) == 4
    assert "Epoch 2: 75% of the segments" in progress.stages
    assert "and 50% of the validation segments" in progress.stages
    paths.HISTORY.write_text(HISTORY[: HISTORY.index("2,0.75")])  # a model without epochs
    assert write_log(PRINTED + "Running stage 'train':\n").epochs.empty
    pd.testing.assert_frame_equal(training_progress.read_epochs(), training_progress.NO_EPOCHS)


def test_a_trained_model_is_described(write_log, trained, tmp_path):
    (tmp_path / "models").symlink_to(trained)
    progress = write_log(PRINTED, status="0")
    assert "is done" in progress.status
    assert "classified 90% correctly" in progress.status
