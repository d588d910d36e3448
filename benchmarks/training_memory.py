"""`python -m benchmarks.training_memory`: memory and time of training with up to 10,000 songs.

The features are synthetic, MFCC of songs of three minutes in shape (4 GB for 10,000 songs). Each
model is trained in a process of its own on four fifths of them, as the refit of the stage train is,
predicts a fifth, and is compared with its training songs. Networks train for one epoch. Beside it,
up to MOST_BEFORE songs, the same with the code of commit BEFORE, which copied features into memory.

Memory is sampled every PAUSE seconds: anonymous pages, which have to fit; and all that are
resident, among them those of the features' file, which the system drops where it needs the room.
Rows that are already in benchmarks/results/training_memory.json are not run again.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import yaml
from tqdm import tqdm

from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from benchmarks.synthetic_features import write_features
from musicregion.command import run
from musicregion.errors import InputError

TABLE = RESULTS / "training_memory.json"
SONGS = (254, 1_000, 10_000)
MODELS = ("svm", "committee", "dense", "cnn", "temporal")
BEFORE, MOST_BEFORE = "f508e43", 1_000
REPEATS = {254: 3}  # the fastest counts; once where nothing is said
PAUSE = 0.02  # seconds between two samples of the memory
PROGRAM = """
import time
from musicregion.config import params
from musicregion.dataset import loading
from musicregion.evaluation import holdout
from musicregion.models import fit, registry, training_songs
settings = params.load()
registry.load_module(settings.model)
start = time.perf_counter()
data = loading.load_dataset(settings.kinds)
train, validation = data.rows("train", "validation"), data.rows("test")
model, _ = fit.fit_model(data, train, validation, settings, lambda epoch, metrics: None)
holdout.predict_rows(model, data, validation)
training_songs.fit_training_songs(data, train, {})
print(time.perf_counter() - start)
"""


def export_code(commit: str, folder: Path) -> None:
    """Write the package, params.yaml and corpora/ as of a commit."""
    paths = ("musicregion", "params.yaml", "corpora")
    command = ["git", "archive", "--format=tar", commit, *paths]
    archive = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def read_memory(process: int) -> tuple[int, int]:
    """Anonymous and resident memory of a process, kB; 0 when it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    anonymous, resident = (
        int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "VmRSS")
    )
    return anonymous, resident


def measure(code: Path, folder: Path) -> dict[str, float]:
    """Run PROGRAM with the code in one folder on the data in another.

    Raises:
        InputError: it failed.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(code), "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak, peak_resident = 0, 0
    while process.poll() is None:
        anonymous, resident = read_memory(process.pid)
        peak, peak_resident = max(peak, anonymous), max(peak_resident, resident)
        time.sleep(PAUSE)
    output = process.communicate()[0]
    if process.returncode:
        raise InputError(f"training failed:\n{output}")
    costs = {
        "seconds": float(output),
        "anonymous_mb": peak / 1e3,
        "resident_mb": peak_resident / 1e3,
    }
    return {name: round(value, 1) for name, value in costs.items()}


def measure_model(model: str, songs: int, codes: dict[str, Path], folder: Path) -> list[dict]:
    """A row of the table for each code, the fastest of its repeats; they take turns."""
    rows = []
    for _ in range(REPEATS.get(songs, 1)):
        for name, code in codes.items():
            settings = yaml.safe_load((code / "params.yaml").read_text())
            settings["train"]["epochs"] = 1
            settings |= {"model": model, "features": "mfcc"}
            shutil.copytree(code / "corpora", folder / "corpora", dirs_exist_ok=True)
            (folder / "params.yaml").write_text(yaml.safe_dump(settings))
            rows.append({"songs": songs, "model": model, "code": name} | measure(code, folder))
    rows.sort(key=lambda row: row["seconds"])
    return [next(row for row in rows if row["code"] == name) for name in codes]


def main() -> None:
    rows = read_rows(TABLE)
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        before = Path(temporary, "before").resolve()
        export_code(BEFORE, before)
        for songs in SONGS:
            done = {row["model"] for row in rows if row["songs"] == songs}
            missing = [model for model in MODELS if model not in done]
            if not missing:
                continue
            folder = Path(temporary, f"{songs}")
            write_features(songs, folder)
            codes = {"before": before} if songs <= MOST_BEFORE else {}
            for model in tqdm(missing, f"{songs} songs", unit="model"):
                rows += measure_model(model, songs, codes | {"now": Path.cwd()}, folder)
                write_json(TABLE, rows)
    print_table(
        ["songs", "model", "code", "seconds", "anonymous, MB", "resident, MB"],
        [list(row.values()) for row in rows],
    )
    print_source("training_memory", TABLE)


if __name__ == "__main__":
    run(main)
