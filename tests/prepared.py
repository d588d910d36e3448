"""A copy of the repository whose data lie ready: nothing is rendered, a training takes seconds."""

import json
from pathlib import Path

import numpy as np
import yaml

from musicregion.features.front_end import make_front_end
from musicregion.storage import tables
from tests.conftest import command, copy_repository

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
    songs, segments, splits = [], [], []
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
        splits.append(own | {"group": name, "part": part, "fold": fold})
        for index in range(SEGMENTS):
            row = {"index": index, "start_s": WINDOW * index, "duration_s": WINDOW, "looped": False}
            segments.append(own | row)
            values[number * SEGMENTS + index] = random.normal(0.5 * region, 1, values.shape[1:])
    data = folder / "data"
    tables.SONGS.write(songs, folder)
    tables.SEGMENTS.write(segments, folder)
    tables.SPLITS.write(splits, folder)
    groups = [{name: row[name] for name in tables.GROUPS.columns} for row in splits]
    tables.GROUPS.write(groups, folder)
    (data / "mfcc").mkdir()
    np.save(data / "mfcc/features.npy", values)
    make_front_end(22_050, 2048, 128).save(data / "mfcc/front_end.npz")
    return folder


def empty_repository(folder: Path) -> None:
    """Make a folder a repository of git and DVC, without a commit."""
    command("git", "init", "-q", "-b", "main", cwd=folder)
    command("git", "config", "user.name", "Tester", cwd=folder)
    command("git", "config", "user.email", "tester@example.org", cwd=folder)
    command("dvc", "init", "-q", cwd=folder)


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
