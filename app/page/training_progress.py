"""How far the page's training is, read from its log and from the files that it writes."""

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from app.comparison_logs import read_lines, stage_error
from app.page.model_sentence import describe_model
from app.page.training_run import LOG, State, Training, last_training
from musicregion.storage.paths import CARD, HISTORY, MODELS

LINES = 12  # of the log, that are shown
STAGE_LINE = re.compile(r"(?:Running stage|Stage) '(\w+)'(:$| is cached| didn't change)")
SENTENCES = {
    "running": "Training {model} on {corpus}.",
    "done": "The training of {model} on {corpus} is done.",
    "stopped": "The training of {model} on {corpus} was stopped. Started again, it continues with "
    "the stage that it was at.",
    "failed": "The training of {model} on {corpus} has failed.",
}
ENDED = "It ended before its time, as when the computer is restarted. Start it again: it continues."
NO_EPOCHS = pd.DataFrame(columns=["epoch", "part", "accuracy", "loss"])
MARKS = {
    "waiting": "○",
    "running": "▶",
    "done": "✓",
    "unchanged": "✓",
    "stopped": "✗",
    "failed": "✗",
}


@dataclass(frozen=True)
class Progress:
    """A training as the page shows it."""

    state: State
    status: str  # HTML: what is trained, and what became of it
    stages: str  # HTML
    lines: str  # HTML: the last ones of the log
    epochs: pd.DataFrame  # epoch, part, accuracy, loss; empty before there are two epochs


def stage_states(lines: list[str], state: State) -> dict[str, str]:
    """What becomes of each stage of dvc.yaml. lines: of the log; state: of the training."""
    states = dict.fromkeys(yaml.safe_load(Path("dvc.yaml").read_text())["stages"], "waiting")
    running = None
    for match in filter(None, map(STAGE_LINE.match, lines)):
        if running:
            states[running] = "done"
        name, what = match.groups()
        running = name if what == ":" else None
        states[name] = "running" if running else "unchanged"
    if running and state != "running":
        states[running] = state
    return states


def stages_html(states: dict[str, str]) -> str:
    """The stages as a list."""
    items = "".join(
        f'<li class="{state}"><span aria-hidden="true">{MARKS[state]}</span> {html.escape(name)}'
        f" <small>{state}</small></li>"
        for name, state in states.items()
    )
    return f'<ol class="stages" aria-label="Stages">{items}</ol>'


def failure_sentence(lines: list[str]) -> str:
    """Why a training has failed. lines: of its log."""
    return stage_error(lines) if any(line.startswith("ERROR") for line in lines) else ENDED


def status_html(training: Training, state: State, lines: list[str]) -> str:
    """What is trained, by which command, and what became of it."""
    details = []
    if state == "failed":
        details.append(failure_sentence(lines))
    if state == "done":
        details.append(describe_model(json.loads((MODELS / CARD).read_text())))
        details.append("Start `musicregion web` again to predict songs with this model.")
    sentence = SENTENCES[state].format(model=training.model, corpus=training.corpus)
    rest = "".join(f"<small>{html.escape(text)}</small>" for text in details)
    command = f"<p>In a terminal: <code>{html.escape(training.command)}</code></p>"
    return f'<div class="verdict" role="status">{html.escape(sentence)}{rest}</div>{command}'


def read_epochs() -> pd.DataFrame:
    """The curves of the training so far: epoch, part, accuracy, loss. Empty: without epochs."""
    try:
        table = pd.read_csv(HISTORY)
    except FileNotFoundError:
        return NO_EPOCHS
    if len(table) < 2:
        return NO_EPOCHS
    names = ["accuracy", "loss"]
    parts = [
        table[["epoch"]].assign(part=part, **{name: table[f"{prefix}{name}"] for name in names})
        for part, prefix in (("training", ""), ("validation", "val_"))
    ]
    return pd.concat(parts).round(4)


def epoch_html(epochs: pd.DataFrame) -> str:
    """The last point of the curves in words."""
    if epochs.empty:
        return ""
    training, validation = epochs[epochs["epoch"] == epochs["epoch"].max()]["accuracy"]
    return (
        f"<p>Epoch {epochs['epoch'].max()}: {training:.0%} of the segments that it is trained on "
        f"are classified correctly, and {validation:.0%} of the validation segments.</p>"
    )


def read_progress() -> Progress | None:
    """How far the last training is; None: there was none."""
    training = last_training()
    if training is None:
        return None
    state = training.state()
    lines = read_lines(LOG)
    states = stage_states(lines, state)
    has_curves = states.get("train", "waiting") != "waiting"
    epochs = read_epochs() if has_curves else NO_EPOCHS
    text = html.escape("\n".join(lines[-LINES:]))
    return Progress(
        state,
        status_html(training, state, lines),
        stages_html(states) + epoch_html(epochs),
        f'<pre class="log" tabindex="0" aria-label="What the training prints">{text}</pre>',
        epochs,
    )
