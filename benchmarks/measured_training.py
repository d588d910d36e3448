"""Memory and time of a training in a process of its own, with the code of any commit."""

import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from musicregion.errors import InputError

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
if not registry.has_epochs(settings.model):  # the same for every model
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
    """Anonymous and resident memory of a process, KiB; 0 when it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    anonymous, resident = (
        int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "VmRSS")
    )
    return anonymous, resident


def measure_training(code: Path, folder: Path) -> dict[str, float]:
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
        "anonymous_mb": peak * 1024 / 1e6,
        "resident_mb": peak_resident * 1024 / 1e6,
    }
    return {name: round(value, 1) for name, value in costs.items()}
