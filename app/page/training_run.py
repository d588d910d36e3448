"""The training that the page starts: the command a user would type, in a session of its own.

It goes on when the page is closed or ends. Its process, log and exit status are files, by which
any page finds it again. There is one at a time.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Literal

import psutil
from filelock import FileLock

from musicregion.errors import TrainingError
from musicregion.storage.files import writing
from musicregion.storage.paths import WEB_TRAINING

RUN, LOG = WEB_TRAINING / "run.json", WEB_TRAINING / "log"
STATUS, STOPPED = WEB_TRAINING / "status", WEB_TRAINING / "stopped"
LOCK = WEB_TRAINING.with_name(f"{WEB_TRAINING.name}.lock")
# keeps the exit status of the command; a signal to all of them ends the command alone
SHELL = 'trap : INT TERM; "$@"; echo $? > "$0"'
AS_IN_A_TERMINAL = {"PYTHONUNBUFFERED": "1", "TQDM_MININTERVAL": "1"}  # seconds
CLOCK = 2  # seconds by which the start of a process may seem to change, as the clock is set
GRACE = 15  # seconds for the command to end by itself once it is stopped

State = Literal["running", "done", "stopped", "failed"]


def training_words(corpus: str, model: str) -> list[str]:
    """The command that trains a model on a corpus."""
    return ["dvc", "exp", "run", "-S", f"corpus={corpus}", "-S", f"model={model}"]


@dataclass(frozen=True)
class Training:
    """A training that was started."""

    corpus: str
    model: str
    pid: int  # of the shell, which leads the command's process group
    started: float  # seconds since 1970, as the system has it for the process

    @property
    def command(self) -> str:
        """What a user would type."""
        return " ".join(training_words(self.corpus, self.model))

    def process(self) -> psutil.Process | None:
        """Its shell; None if it has ended, even if another process has its number now."""
        try:
            process = psutil.Process(self.pid)
            is_other = abs(process.create_time() - self.started) > CLOCK
            return None if is_other or process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.Error:
            return None

    def state(self) -> State:
        """What became of it."""
        if self.process():
            return "running"
        try:
            succeeded = STATUS.read_text().strip() == "0"
        except FileNotFoundError:  # it was killed
            succeeded = False
        if succeeded:
            return "done"
        return "stopped" if STOPPED.exists() else "failed"


def last_training() -> Training | None:
    """The training that was started last; None if there was none."""
    try:
        return Training(**json.loads(RUN.read_text()))
    except FileNotFoundError:
        return None


def require_no_training() -> None:
    """Check that a training may start.

    Raises:
        TrainingError: one is running.
    """
    last = last_training()
    if last and last.process():
        raise TrainingError(
            f"A training of {last.model} on {last.corpus} is running. Wait for it, or stop it."
        )


def start_training(corpus: str, model: str) -> None:
    """Start a training.

    Raises:
        TrainingError: one is running.
    """
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(LOCK):
        require_no_training()
        shutil.rmtree(WEB_TRAINING, ignore_errors=True)
        WEB_TRAINING.mkdir()
        words = [sys.executable, "-m", *training_words(corpus, model)]
        with LOG.open("wb") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", SHELL, str(STATUS), *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | AS_IN_A_TERMINAL,
                start_new_session=True,
            )
        started = psutil.Process(process.pid).create_time()
        with writing(RUN) as part:
            part.write_text(json.dumps(asdict(Training(corpus, model, process.pid, started))))


def stop_training() -> None:
    """Stop the training that is running, as Ctrl-C does; what goes on for long is killed."""
    with FileLock(LOCK):
        last = last_training()
        shell = last.process() if last else None
        if shell is None:
            return
        STOPPED.touch()
        processes = [*shell.children(recursive=True), shell]
        os.killpg(shell.pid, signal.SIGINT)
        _, alive = psutil.wait_procs(processes, GRACE)
        for process in alive:
            try:
                for child in process.children(recursive=True):
                    child.kill()
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(alive, GRACE)  # a killed process does not end at once
