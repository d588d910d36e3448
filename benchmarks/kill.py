"""`python -m benchmarks.kill`: kills stages at random moments, and counts what it costs.

On a small folk corpus: a stage starts without outputs and with an empty store, SIGKILL ends all its
processes, and it runs again. Then its outputs must be those of an undisturbed run. Songs that both
runs worked on are counted. Writes kills, kills_equal (after how many the outputs were equal) and
kills_lost_songs (the most of one kill) of results/record.json.
"""

import os
import random
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import joblib
from tqdm import tqdm

from benchmarks.record import RESULT, update_record
from benchmarks.report import print_source, print_table
from benchmarks.traced_stages import (
    checksums,
    lay_out,
    read_trace,
    remove_outputs,
    run_stage,
    start_stage,
)
from musicregion.command import run

KILLS, SEED = 30, 0
# (stage, features)
PIPELINE = (
    *(("download", "mfcc"), ("segment", "mfcc"), ("fingerprint", "mfcc"), ("split", "mfcc")),
    *(("features", "mfcc"), ("features", "musicnn"), ("transcribe", "mfcc")),
    *(("tune", "mfcc"), ("train", "mfcc")),
)
KILLED = tuple(entry for entry in PIPELINE if entry[0] != "tune")


@dataclass
class Outcome:
    """Of the kills of one stage."""

    seconds: float  # of an undisturbed run
    twice: list[int] = field(default_factory=list)  # songs that two runs worked on, by kill
    equal: int = 0  # kills after which the outputs were those of an undisturbed run


def kill_stage(folder: Path, stage: str, features: str, seconds: float) -> set[str] | None:
    """Kill a stage a while after its start; the songs that it worked on, None if it had ended."""
    process = start_stage(folder, stage, features)
    time.sleep(seconds)
    ended = process.poll() is not None
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return None if ended else read_trace(folder)


def kill_and_run_again(
    folder: Path, stage: str, features: str, expected: dict[str, str], outcome: Outcome
) -> None:
    """Kill a stage once, run it again, and add what came of it to its outcome."""
    first = None
    while first is None:
        remove_outputs(folder, stage, features)
        shutil.rmtree(folder / ".song_results", ignore_errors=True)
        first = kill_stage(folder, stage, features, random.uniform(0, outcome.seconds))
    remove_outputs(folder, stage, features)
    _, second = run_stage(folder, stage, features)
    outcome.twice.append(len(first & second))
    outcome.equal += checksums(folder, stage, features) == expected


def measure_kills(folder: Path, kills: int) -> dict[tuple[str, str], Outcome]:
    """Kill each stage of KILLED in turn, so many times in all; what came of it."""
    lay_out(folder)
    outcomes, expected = {}, {}
    for entry in tqdm(PIPELINE, "undisturbed", unit="stage"):
        outcomes[entry] = Outcome(run_stage(folder, *entry)[0])
        expected[entry] = checksums(folder, *entry)
    random.seed(SEED)
    for number in tqdm(range(kills), "kill", unit="kill"):
        entry = KILLED[number % len(KILLED)]
        kill_and_run_again(folder, *entry, expected[entry], outcomes[entry])
    return {entry: outcomes[entry] for entry in KILLED}


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        outcomes = measure_kills(Path(temporary), KILLS)
    rows = [
        (
            *(stage, features if stage == "features" else "", len(result.twice), result.equal),
            *(max(result.twice, default=0), sum(result.twice), f"{result.seconds:.1f}"),
        )
        for (stage, features), result in outcomes.items()
    ]
    titles = ("stage", "features", "kills", "equal outputs", "most songs twice", "all", "seconds")
    print_table(titles, rows)
    kills, equal, twice = (sum(row[column] for row in rows) for column in (2, 3, 5))
    most = max(row[4] for row in rows)
    print(
        f"\n{kills} kills: outputs equal after {equal}; {twice} songs done twice, at most {most} "
        f"of a kill, with {joblib.cpu_count()} workers"
    )
    update_record({"kills": kills, "kills_equal": equal, "kills_lost_songs": most})
    print_source("kill", RESULT)


if __name__ == "__main__":
    run(main)
