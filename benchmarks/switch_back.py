"""`python -m benchmarks.switch_back`: how long it takes to go to another corpus and back.

In a fresh clone of the last commit: `dvc repro` on folk, `dvc exp run` on a small corpus of tones,
then `dvc exp run` on folk again, which is timed. Writes switch_back_s of results/record.json.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import yaml

from benchmarks.record import RESULT, update_record
from benchmarks.report import print_source
from musicregion.command import run

RATE, SECONDS, SONGS = 22_050, 12, 12  # Hz; of a song; songs a region
CHANGES: tuple[str, ...] = ()  # of params, as section.key=value
REGIONS = {"Low": 220, "High": 440}  # Hz of the first song


def run_command(*words: str, folder: Path) -> tuple[float, str]:
    """Run a command; its seconds and output.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    start = time.perf_counter()
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        done.check_returncode()
    return time.perf_counter() - start, done.stdout


def write_tones(folder: Path) -> None:
    """A corpus of tones, committed: corpora/tones.yaml and the files that it lists."""
    random = np.random.default_rng(0)
    seconds = np.arange(RATE * SECONDS) / RATE
    for region, pitch in REGIONS.items():
        target = folder / "tones" / region
        target.mkdir(parents=True)
        for number in range(SONGS):
            wave = 0.3 * np.sin(2 * np.pi * (pitch + 11 * number) * seconds)
            wave += 0.02 * random.normal(size=len(wave))
            soundfile.write(target / f"{number}.flac", wave, RATE)
    regions = {region: {"sources": [f"tones/{region}"]} for region in REGIONS}
    (folder / "corpora/tones.yaml").write_text(yaml.safe_dump({"regions": regions}))
    run_command("git", "add", "corpora", folder=folder)
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
    run_command("git", *author, "commit", "-qm", "A corpus of tones", folder=folder)


def measure_switch_back(folder: Path, *changes: str) -> tuple[float, list[str]]:
    """Seconds that the way back to folk takes, and the names of the stages that it ran.

    folder: for the clone. changes: see CHANGES.
    """
    run_command("git", "clone", "-q", ".", str(folder), folder=Path.cwd())
    write_tones(folder)
    settings = [word for change in changes for word in ("-S", change)]
    run_command("dvc", "exp", "run", *settings, folder=folder)
    run_command("dvc", "exp", "run", *settings, "-S", "corpus=tones", folder=folder)
    seconds, output = run_command(
        "dvc", "exp", "run", *settings, "-S", "corpus=folk", folder=folder
    )
    ran = [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]
    return seconds, ran


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        seconds, ran = measure_switch_back(Path(temporary, "clone"), *CHANGES)
    print(f"back on folk after {seconds:.1f} s; stages that ran again: {', '.join(ran) or 'none'}")
    update_record({"switch_back_s": round(seconds, 1)})
    print_source("switch_back", RESULT)


if __name__ == "__main__":
    run(main)
