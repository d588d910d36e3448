"""Stages on a real cluster write what they write without one, byte for byte."""

import importlib.util
import re
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import soundfile

from musicregion.storage import tables
from tests import servers
from tests.conftest import RATE, REPOSITORY, copy_repository, environment, tone
from tests.documented_commands import code_blocks
from tests.prepared import prepared, write_params

pytestmark = pytest.mark.slow
needs_jobqueue = pytest.mark.skipif(
    importlib.util.find_spec("dask_jobqueue") is None,
    reason="dask-jobqueue is absent: requirements-team.txt",
)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with servers.dask(tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


def files(folder):
    """Every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def recorded(folder, songs, seconds=21):
    """A copy of the repository with downloaded songs, the last of them unreadable."""
    copy_repository(folder)
    rows = []
    for number in range(songs):
        path = folder / f"data/raw/A/s{number:02}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number == songs - 1:
            path.write_bytes(b"no music")
        else:
            soundfile.write(path, tone(seconds + number, 200 + 20 * number), RATE)
        row = dict.fromkeys(tables.SONGS.columns, "") | {"unknown": False, "duration_s": 0.0}
        song = {"song": path.stem, "region": "A", "path": str(path.relative_to(folder))}
        rows.append(row | song | {"sha256": path.stem, "status": "ok"})
    tables.SONGS.write(rows, folder)
    return folder


def run(stage, here, there, address):
    """Run a stage in two folders at once: in one on this machine, in the other on the cluster.

    Returns what it printed on the cluster, progress bars too.
    """
    folders = {here: {}, there: {"DASK_SCHEDULER_ADDRESS": address}}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", f"stages.{stage}"],
            cwd=folder,
            env=environment() | variables,
            stderr=subprocess.PIPE,
            text=True,
        )
        for folder, variables in folders.items()
    ]
    for process in started:
        errors = process.communicate(timeout=300)[1]
        assert process.returncode == 0, errors
    return errors


def test_segments_and_features_are_the_same_on_a_cluster(network, tmp_path):
    here = recorded(tmp_path / "here", 8)
    there = tmp_path / "there"
    shutil.copytree(here, there)
    for stage in ("segment", "features"):
        run(stage, here, there, network.address)
    outputs = files(there / "data")
    assert len([name for name in outputs if name.endswith(".flac")]) == 7
    assert outputs == files(here / "data")


def test_copies_are_the_same_on_a_cluster(network, tmp_path):
    """Of recordings; with blocks so small that there are several to compare."""
    here = recorded(tmp_path / "here", 8)
    pitches = np.random.default_rng(0).uniform(200, 3000, 70)  # Hz
    melody = np.concatenate([tone(0.3, pitch) for pitch in pitches])
    for number in range(4):
        soundfile.write(here / f"data/raw/A/s{number:02}.wav", melody / (number + 1), RATE)
    path = here / "musicregion/audio/landmark_matching.py"
    path.write_text(path.read_text().replace("MATCHES = 1 << 23", "MATCHES = 1 << 8"))
    there = tmp_path / "there"
    shutil.copytree(here, there)
    run("segment", here, there, network.address)
    progress = run("fingerprint", here, there, network.address)
    blocks = re.search(r"compare: 100%.* (\d+)/\1 \[.*block", progress)
    assert blocks, progress
    assert int(blocks[1]) > 2
    for name in ("groups.csv", "duplicates.csv"):
        assert (there / "data" / name).read_bytes() == (here / "data" / name).read_bytes()
    assert tables.GROUPS.read(there)["group"].tolist()[:5] == ["s00"] * 4 + ["s04"]


@needs_jobqueue
def test_workers_can_be_jobs_of_a_batch_system(tmp_path):
    """The documented lines, with jobs that start here."""
    blocks = code_blocks(REPOSITORY / "docs/team.md", "python")
    (text,) = [block for block in blocks if "SLURMCluster" in block]
    assert "jobs=20" in text
    assert "from dask_jobqueue import SLURMCluster" in text
    text = text.replace("dask_jobqueue", "dask_jobqueue.local").replace("SLURM", "Local")
    text = text.replace("jobs=20", "jobs=2")
    text = text.replace("cores=1", 'scheduler_options={"host": "127.0.0.1"}, cores=1')
    (tmp_path / "jobs.py").write_text(text)
    here = recorded(tmp_path / "here", 4)
    there = tmp_path / "there"
    shutil.copytree(here, there)
    jobs = subprocess.Popen(
        [sys.executable, tmp_path / "jobs.py"],
        cwd=there,
        env=environment(),
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    try:
        address = jobs.stdout.readline().strip()
        assert address.startswith("tcp://127.0.0.1:")
        run("segment", here, there, address)
    finally:
        servers.kill(jobs)
    outputs = files(there / "data")
    assert len([name for name in outputs if name.endswith(".flac")]) == 3
    assert outputs == files(here / "data")


def test_folds_and_trials_are_the_same_on_a_cluster(network, tmp_path):
    """With changes of params and code in between, which workers must take up."""
    changes = ["model=svm", "evaluate.folds=3", "tune.trials=4", "tune.sampler=random"]
    here = prepared(tmp_path / "here", *changes, "tune.pruner=none")
    there = tmp_path / "there"
    shutil.copytree(here, there)
    for stage in ("tune", "train"):
        run(stage, here, there, network.address)
    for name in ("best_params.yaml", "predictions.csv", "metrics.json"):
        assert (there / "results" / name).read_bytes() == (here / "results" / name).read_bytes()

    # another split and another C: the workers must not reuse cached code or data
    splits = pd.read_csv(there / "data/splits.csv")
    splits["part"] = np.roll(splits["part"], 2)
    for folder in (here, there):
        splits.to_csv(folder / "data/splits.csv", index=False)
        path = folder / "musicregion/models/zoo/svm.py"
        path.write_text(path.read_text().replace("0.1, 1000", "0.001, 0.1"))
        write_params(folder, "tune.trials=2")
    run("tune", here, there, network.address)
    best = (there / "results/best_params.yaml").read_text()
    assert best == (here / "results/best_params.yaml").read_text()
    assert float(best.partition(": ")[2]) < 0.1


def test_nothing_is_lost_if_a_worker_is_killed_during_a_stage(tmp_path):
    project = recorded(tmp_path / "project", 24, seconds=60)
    with servers.dask(tmp_path) as network:
        stage = subprocess.Popen(
            [sys.executable, "-m", "stages.segment"],
            cwd=project,
            env=environment() | {"DASK_SCHEDULER_ADDRESS": network.address},
            stderr=subprocess.PIPE,
            text=True,
        )
        while stage.poll() is None and not list(project.glob("data/segments/**/*.flac")):
            time.sleep(0.02)
        servers.kill(network.workers[0])
        errors = stage.communicate(timeout=200)[1]
        assert stage.returncode == 0, errors
    segments = tables.SEGMENTS.read(project)
    assert segments["song"].nunique() == 23
    assert set(tables.FAILED.read(project)["song"]) == {"s23"}
