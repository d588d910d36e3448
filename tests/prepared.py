"""A copy of the repository whose data lie ready: nothing is rendered, a training takes seconds."""

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import yaml

from musicregion.features.front_end import make_front_end
from musicregion.storage import tables
from musicregion.storage.paths import segment_file
from tests.conftest import RATE, command, copy_repository, tone

REGIONS, SONGS, SEGMENTS = ("Coast", "Hills"), 40, 2  # songs of all regions, segments of a song
WINDOW, FRAMES = 0.5, 22  # seconds of a segment, and the frames of MFCC that it has


def write_params(folder: Path, *changes: str) -> None:
    """Change params.yaml: "train.epochs=2"."""
    path = folder / "params.yaml"
    settings = yaml.safe_load(path.read_text())
    for change in changes:
        key, value = change.split("=")
        *sections, last = key.split(".")
        place = settings[sections[0]] if sections else settings
        place[last] = yaml.safe_load(value)
    path.write_text(yaml.safe_dump(settings, sort_keys=False))


def prepared(target: Path, *changes: str) -> Path:
    """Two regions of songs, one louder than the other, as MFCC; no stage of DVC has run."""
    folder = copy_repository(target)
    write_params(folder, f"segment.window={WINDOW}", "segment.shortest=0.1", *changes)
    random = np.random.default_rng(0)
    songs, segments, splits, nuisances = [], [], [], []
    values = np.empty((SONGS * SEGMENTS, FRAMES, 13), "float32")  # [segment, time, coefficient]
    for number in range(SONGS):
        name, region = f"s{number:02}", number % 2
        own = {"song": name, "region": REGIONS[region]}
        fold = number // 2 % 5
        part = {0: "test", 1: "validation"}.get(fold, "train")
        songs.append(own | dict.fromkeys(tables.SONGS.columns.keys() - own.keys(), ""))
        songs[-1] |= {
            "unknown": False,
            "duration_s": SEGMENTS * WINDOW,
            "status": "ok",
            "path": f"{name}.wav",
        }
        nuisances.append(own | dict.fromkeys(tables.NUISANCES.columns.keys() - own.keys(), 0))
        nuisances[-1] |= {"codec": "FLAC", "level_db": round(random.normal(-20, 1), 1)}
        splits.append(own | {"group": name, "part": part, "fold": fold})
        sound = folder / segment_file(own["region"], name)
        sound.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(sound, tone(SEGMENTS * WINDOW, 220 + 20 * number), RATE)
        for index in range(SEGMENTS):
            row = {"index": index, "start_s": WINDOW * index, "duration_s": WINDOW, "looped": False}
            segments.append(own | row)
            values[number * SEGMENTS + index] = random.normal(0.5 * region, 1, values.shape[1:])
    data = folder / "data"
    tables.SONGS.write(songs, folder)
    tables.SEGMENTS.write(segments, folder)
    tables.SPLITS.write(splits, folder)
    tables.NUISANCES.write(nuisances, folder)
    groups = [{name: row[name] for name in tables.GROUPS.columns} for row in splits]
    tables.GROUPS.write(groups, folder)
    tables.DUPLICATES.write([], folder)
    (data / "features").mkdir()
    np.save(data / "features/mfcc.npy", values)
    make_front_end(22_050, 2048, 128).save(data / "features/mfcc.npz")
    shape = dict(zip(("segments", "time", "channels"), values.shape, strict=True))
    tables.FEATURES.write([{"kind": "mfcc", "md5": "0", **shape}], folder)
    return folder


@cache
def repository_template() -> TemporaryDirectory:
    """An empty repository of git and DVC: `dvc init` takes more than a second."""
    template = TemporaryDirectory()
    folder = Path(template.name)
    command("git", "init", "-q", "-b", "main", cwd=folder)
    command("git", "config", "user.name", "Tester", cwd=folder)
    command("git", "config", "user.email", "tester@example.org", cwd=folder)
    command("dvc", "init", "-q", cwd=folder)
    return template


def empty_repository(folder: Path) -> None:
    """Make a folder a repository of git and DVC, without a commit."""
    shutil.copytree(repository_template().name, folder, dirs_exist_ok=True)


def write_metrics(folder: Path, model: str, accuracy: float) -> None:
    """Write what a training of a model leaves for tables of experiments.

    accuracy: of validation songs.
    """
    metrics = {"validation": {"song": {"accuracy": accuracy}}}
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results/metrics.json").write_text(json.dumps(metrics))
    (folder / "params.yaml").write_text(f"model: {model}\nfeatures: mfcc\ncorpus: folk\n")


def repository_of_metrics(folder: Path, model: str, accuracy: float) -> Path:
    """A DVC repository with a commit of metrics, and no experiment."""
    empty_repository(folder)
    (folder / "dvc.yaml").write_text("metrics: [results/metrics.json]\nparams: [params.yaml]\n")
    write_metrics(folder, model, accuracy)
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", model, cwd=folder)
    return folder
