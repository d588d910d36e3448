"""The README's commands, for real, in a copy of the repository. The tests build on each other."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import yaml

from musicregion.config import params
from musicregion.evaluation import compare_runs
from musicregion.features import spectral
from musicregion.features.front_end import load_front_end
from musicregion.storage import checksums, paths, tables
from tests.conftest import REPOSITORY, command, copy_repository, environment

CURVES = ("accuracy", "loss", "validation_accuracy", "validation_loss")
PICTURES = {"curves.png", "confusion_song.png", "confusion_segment.png", "reliability.png"}


@pytest.fixture(scope="module")
def project(small):
    """A copy with a small corpus and a small network, in which `dvc repro` has run once."""
    return small / "project"


def runs(folder):
    """The runs in the copy's MLflow store, newest first."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{folder}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("folk")
    return client, client.search_runs([experiment.experiment_id])


def assert_complete(client, run):
    """A run has all that a user would look for in MLflow's UI."""
    assert run.info.status == "FINISHED"
    for name in CURVES:
        assert len(client.get_metric_history(run.info.run_id, f"training/{name}")) == 2
    for name in ("test/song/accuracy", "test/segment/macro_f1", "test/song/accuracy_low"):
        assert 0 <= run.data.metrics[name] <= 1
    assert run.data.params["train.epochs"] == "2"
    assert len(run.data.tags["git.commit"].rstrip("+")) == 40
    assert len(run.data.tags["params.hash"]) == 12
    assert run.data.tags["md5 data/splits.csv"]
    artifacts = {
        item.path.removeprefix("results/")
        for item in client.list_artifacts(run.info.run_id, "results")
    }
    written = {
        "metrics.json",
        "details.json",
        "predictions.csv",
        "suspects.csv",
        "regions_song.csv",
        "shortcuts.json",
        "report.html",
    }
    assert artifacts >= PICTURES | written
    for item in artifacts:
        local = client.download_artifacts(run.info.run_id, f"results/{item}")
        assert Path(local).stat().st_size > 0
    (model,) = client.search_logged_models(
        [run.info.experiment_id], filter_string=f"source_run_id = '{run.info.run_id}'"
    )
    assert model.status == "READY"
    assert model.name == f"{run.data.params['model']}-mfcc-folk"


def test_repro_logs_one_complete_run(project):
    client, logged = runs(project)
    assert len(logged) == 1
    assert_complete(client, logged[0])
    assert logged[0].data.params["model"] == "dense_deep"


def test_the_tables_and_arrays_keep_their_contract(project, monkeypatch):
    monkeypatch.chdir(project)
    songs = tables.SONGS.read()
    segments = tables.SEGMENTS.read()
    splits = tables.SPLITS.read()
    features = np.load(paths.features_array("mfcc"), mmap_mode="r")

    assert songs["song"].is_unique
    assert set(songs["status"]) == {"ok"}
    nuisances = tables.NUISANCES.read()
    assert nuisances["song"].tolist() == songs["song"].tolist()
    assert set(nuisances["codec"]) == {"FLAC"}
    assert nuisances["level_db"].between(-60, 0).all()
    assert songs["licence"].str.len().min() > 0
    for song in songs.itertuples():
        raw = (project / song.path).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == song.sha256
        assert 11 <= song.duration_s <= 14
    raw_files = {path.relative_to(project).as_posix() for path in project.glob("data/raw/*/*")}
    assert raw_files == set(songs["path"])

    assert features.shape == (len(segments), 431, 13)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    front_end = load_front_end(paths.features_front_end("mfcc"))
    for (region, name), rows in segments.groupby(["region", "song"]):
        assert rows["index"].tolist() == list(range(len(rows)))
        flac = soundfile.info(project / f"data/segments/{region}/{name}.flac")
        assert (flac.frames, flac.samplerate) == (len(rows) * 220_500, 22_050)
        first = soundfile.read(flac.name, 220_500, dtype="float32")[0]
        settings = params.load()
        expected = spectral.mfcc(first, front_end, settings.mfcc)
        assert features[rows.index[0]] == pytest.approx(expected, abs=1e-3)

    (described,) = tables.FEATURES.read().to_dict("records")
    md5 = checksums.md5(paths.features_array("mfcc"))
    shape = {"segments": len(segments), "time": 431, "channels": 13}
    assert described == {"kind": "mfcc", **shape, "md5": md5}
    index = tables.array_index(paths.FEATURES, "mfcc").read()
    assert index["song"].tolist() == segments["song"].drop_duplicates().tolist()
    assert index["rows"].sum() == len(segments)
    marks = np.load(paths.FINGERPRINTS / "landmarks.npy", mmap_mode="r")
    assert (marks.dtype, marks.shape[1]) == (np.int32, 2)
    groups = tables.GROUPS.read()
    assert groups["group"].tolist() == groups["song"].tolist()  # no folk song is a copy
    assert tables.DUPLICATES.read().empty

    assert sorted(splits["song"]) == sorted(songs["song"])
    assert splits.groupby("region")["fold"].nunique().tolist() == [3] * 6
    assert tables.FAILED.read().empty


def test_a_song_is_predicted_as_in_the_evaluation(project, monkeypatch):
    """By the command, from the file as it was downloaded, and by the model in MLflow."""
    monkeypatch.chdir(project)
    predictions = compare_runs.read_predictions("results/predictions.csv")
    row = predictions[predictions["part"] == "test"].iloc[0]
    songs = tables.SONGS.read().set_index("song")
    song = songs.loc[row["song"], "path"]
    predict = ["musicregion", "predict", song, "--json"]
    for model in ("models", "HEAD"):
        output = command(*predict, "--model", model, cwd=project, here=True)
        (prediction,) = json.loads(output)
        for region, probability in prediction["probabilities"].items():
            assert probability == pytest.approx(row[f"p_{region}"], abs=1e-4)
    code = (
        "import mlflow, pandas\n"
        "from musicregion.tracking import store\n"
        "store.connect()\n"
        "(run,) = mlflow.search_runs(experiment_names=['folk'], output_format='list')\n"
        "model = mlflow.pyfunc.load_model(f'runs:/{run.info.run_id}/dense_deep-mfcc-folk')\n"
        f"answer = model.predict(pandas.DataFrame({{'path': [{song!r}]}}))\n"
        "print(answer.to_json(orient='records'))\n"
    )
    said = command(sys.executable, "-c", code, cwd=project)
    (served,) = json.loads(next(line for line in said.splitlines() if line.startswith("[{")))
    expected = [prediction["probabilities"][name] for name in sorted(prediction["probabilities"])]
    assert [served[f"p_{name}"] for name in sorted(prediction["probabilities"])] == expected


@pytest.mark.slow
def test_an_experiment_says_which_params_differ_from_the_commit(project):
    """Also a temporary one, and those that an earlier experiment left."""
    words = ["dvc", "exp", "run", "params", "-S"]  # the first stage alone
    command(*words, "model=cnn", "-S", "train.epochs=3", cwd=project)
    for more in (["model=svm"], ["train.batch=16", "--temp"]):
        said = command(*words, *more, cwd=project)
        assert "model: svm (committed: dense_deep)" in said
        assert "train.epochs: 3 (committed: 2)" in said
        assert "Running stage 'download'" not in said
    command("git", "checkout", "-q", "--", ".", cwd=project)
    assert "committed:" not in command("dvc", "repro", cwd=project)


def test_a_second_repro_has_nothing_to_do(project):
    assert "up to date" in command("dvc", "repro", cwd=project)


def test_the_tutorials_json_is_written_where_it_is_wanted(project):
    data = json.loads((project / "data/features/data.json").read_text())
    assert len(data["mapping"]) == 6
    assert np.array_equal(data["mfcc"], np.load(project / "data/features/mfcc.npy"))
    assert len(data["labels"]) == len(data["mfcc"])


@pytest.mark.slow
def test_an_experiment_with_another_model_runs_training_alone(project):
    output = command("dvc", "exp", "run", "-n", "wide", "-S", "model=cnn", cwd=project)
    assert "Stage 'features' didn't change" in output
    client, logged = runs(project)
    assert len(logged) == 2
    assert logged[0].data.params["model"] == "cnn"
    assert logged[0].data.tags["dvc.experiment"] == "wide"
    assert_complete(client, logged[0])


@pytest.mark.slow
def test_cross_validated_experiments_are_compared_honestly(project):
    folds = ["-S", "evaluate.folds=3", "-S", "evaluate.repeats=2"]
    for model in ("svm", "logistic"):
        command("dvc", "exp", "run", "-n", model, "-S", f"model={model}", *folds, cwd=project)
    predictions = pd.read_csv(project / "results/predictions.csv")
    assert predictions.groupby("repeat")["song"].nunique().tolist() == [48, 48]
    assert len(pd.read_csv(project / "results/suspects.csv")) == 48
    metrics = json.loads((project / "results/details.json").read_text())
    assert 0.17 < metrics["folds"]["song"]["accuracy"] <= 1
    assert 0 < metrics["leave_one_region_out"]["auroc"] < 1
    assert (project / "models/model.skops").is_file()
    _, logged = runs(project)
    assert logged[0].data.metrics["folds/song/accuracy"] == metrics["folds"]["song"]["accuracy"]
    for pair in (("svm", "logistic"), (logged[1].info.run_id, logged[0].info.run_id)):
        output = command("musicregion", "compare", *pair, cwd=project, here=True)
        assert "of 48 songs classified correctly" in output
        assert "McNemar" in output
    command("git", "checkout", "-q", "--", ".", cwd=project)
    command("dvc", "checkout", cwd=project)


@pytest.mark.slow
def test_a_temporary_experiment_leaves_its_run_in_the_one_store(project):
    before = len(runs(project)[1])
    command("dvc", "exp", "run", "--temp", "-n", "aside", "-S", "model=temporal", cwd=project)
    client, logged = runs(project)
    assert len(logged) == before + 1
    assert logged[0].data.params["model"] == "temporal"
    assert logged[0].data.tags["dvc.experiment"] == "aside"
    assert_complete(client, logged[0])


@pytest.mark.slow
def test_a_search_is_one_run_with_its_trials_and_training_uses_what_it_found(project):
    changes = ["-S", "model=logistic", "-S", "tune.trials=3"]
    command("dvc", "exp", "run", "-n", "searched", *changes, cwd=project)
    best = yaml.safe_load((project / "results/best_params.yaml").read_text())
    client, logged = runs(project)
    (parent,) = [run for run in logged if "study" in run.data.tags]
    trials = [
        run for run in logged if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id
    ]
    assert {run.data.tags["state"] for run in trials} == {"complete"}
    assert len(trials) == 3
    assert str(best["logistic.c"]) in {run.data.params["logistic.c"] for run in trials}
    pictures = {file.path for file in client.list_artifacts(parent.info.run_id, "search")}
    names = {"history", "parallel", "slices", "importances"}
    assert {f"search/{name}.png" for name in names} <= pictures
    assert parent.data.params["logistic.c"] == "0.01"  # where the search started
    assert parent.data.tags["best logistic.c"] == str(best["logistic.c"])
    values = [run.data.metrics["search/value"] for run in trials]
    assert parent.data.metrics["search/value"] == max(values)
    trained = [run for run in logged if run.data.tags["stage"] == "train"]
    assert float(trained[0].data.params["logistic.c"]) == best["logistic.c"]
    changes[-1] = "tune.trials=5"
    command("dvc", "exp", "run", "-n", "searched-more", *changes, cwd=project)
    logged = runs(project)[1]
    assert len([run for run in logged if "study" in run.data.tags]) == 1
    assert len([run for run in logged if "state" in run.data.tags]) == 5
    command("git", "checkout", "-q", "--", ".", cwd=project)
    command("dvc", "checkout", cwd=project)


def work_off_queue(project):
    """Two workers, and others in their place for as long as experiments wait.

    DVC's queue can lose a worker (treeverse/dvc#10428: it reads a message that another process is
    still writing), and then `dvc exp run --run-all` waits for ever.
    """
    give_up = time.monotonic() + 300
    while re.search("Queued|Running", status := command("dvc", "queue", "status", cwd=project)):
        assert time.monotonic() < give_up, status
        if "0 active, 0 idle" in status:
            # not by way of `command`: the workers keep its pipes open for as long as they live
            words = ["dvc", "queue", "start", "--jobs", "2"]
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(words, cwd=project, env=environment(), check=True, timeout=60, **silent)
        time.sleep(3)


@pytest.mark.slow
def test_a_queue_with_two_jobs_leaves_all_its_runs_in_the_one_store(project):
    before = len(runs(project)[1])
    for seed in (11, 12):
        change = f"train.seed={seed}"
        command("dvc", "exp", "run", "--queue", "-S", change, "-S", "model=dense_deep", cwd=project)
    work_off_queue(project)
    client, logged = runs(project)
    assert len(logged) == before + 2
    assert {run.data.params["train.seed"] for run in logged[:2]} == {"11", "12"}
    for run in logged[:2]:
        assert_complete(client, run)


@pytest.mark.slow
def test_experiments_are_compared(project):
    table = command("dvc", "exp", "show", "--csv", cwd=project)
    assert "searched" in table
    assert "aside" in table
    assert "test.song.accuracy" in table
    shown = command("dvc", "metrics", "show", "--json", cwd=project)
    assert list(json.loads(shown)[""]["data"]) == ["results/metrics.json"]
    command("dvc", "plots", "diff", "searched", "aside", "-o", "plots", cwd=project)
    page = (project / "plots/index.html").read_text()
    for word in ("searched", "aside", "val_accuracy", "Test songs", "reliability.png"):
        assert word in page
    for twin in ("curves.png", "confusion_song.png", "confusion_segment.png"):
        assert twin not in page


@pytest.mark.slow
def test_a_second_run_from_scratch_gives_the_same_hashes(project):
    command("git", "checkout", "-q", "--", ".", cwd=project)
    lock = (project / "dvc.lock").read_text()
    before = len(runs(project)[1])
    for folder in ("data", "models", "results"):
        shutil.rmtree(project / folder)
    command("dvc", "repro", "-f", cwd=project)
    assert len(runs(project)[1]) == before + 1
    assert (project / "dvc.lock").read_text() == lock


@pytest.mark.slow
def test_pushed_data_is_all_that_a_colleague_needs(project, tmp_path):
    command("dvc", "remote", "add", "-d", "shared", str(tmp_path / "remote"), cwd=project)
    command("git", "commit", "-qam", "remote", cwd=project)
    command("dvc", "push", cwd=project)
    command("git", "clone", "-q", str(project), "clone", cwd=tmp_path)
    command("dvc", "pull", cwd=tmp_path / "clone")
    assert "up to date" in command("dvc", "repro", cwd=tmp_path / "clone")
    assert (tmp_path / "clone/models/model.keras").is_file()


def test_wrong_params_stop_and_say_so(project):
    wrong = {
        "model=nonsense": ["model is 'nonsense'", "'svm', 'logistic', 'committee'"],
        "features=chroma": ["features is 'chroma'", "'mfcc', 'logmel', 'musicnn', 'tonal'"],
        "train.epochs=-3": ["train.epochs is -3", "greater than or equal to 1"],
    }
    changes = [word for change in wrong for word in ("-S", change)]
    output = command("dvc", "exp", "run", *changes, cwd=project, fails=True)
    for words in wrong.values():
        for word in words:
            assert word in output
    assert "Traceback" not in output
    command("git", "checkout", "-q", "--", ".", cwd=project)


@pytest.mark.slow
def test_a_local_corpus_with_bad_files_goes_through(project, wav, tmp_path):
    for region, pitch in (("Low", 200), ("High", 2000)):
        for number in range(4):
            wav(f"music/{region}/song {number}.wav", 6 + number, pitch + 10 * number)
    (tmp_path / "music/Low/liar.mp3").write_text("<html>moved</html>")
    (tmp_path / "music/Low/empty.ogg").touch()
    shutil.copy(tmp_path / "music/Low/song 0.wav", tmp_path / "music/Low/song 0 again.wav")
    shutil.copy(tmp_path / "music/High/song 0.wav", tmp_path / "music/High/both.wav")
    wav("music/High/other.wav", 5, 900)
    shutil.copy(tmp_path / "music/High/other.wav", tmp_path / "music/Low/other.wav")
    folder = copy_repository(tmp_path / "copy")
    corpus = {
        "regions": {
            "Low": {"sources": [f"{tmp_path}/music/Low"]},
            "High": {"sources": [f"{tmp_path}/music/High/*.wav"]},
        }
    }
    (folder / "corpora/mine.yaml").write_text(yaml.safe_dump(corpus))
    text = (folder / "params.yaml").read_text()
    text = text.replace("corpus: folk", "corpus: mine").replace("folds: 5", "folds: 3")
    text = text.replace("allow_missing: 0.1", "allow_missing: 0.2")
    (folder / "params.yaml").write_text(text)
    output = command("dvc", "repro", "split", cwd=folder)
    for words in (
        "no audio: Low/liar",
        "no audio: Low/empty",
        "segment: 12 songs",
        "2 songs left out",
        "likely a labelling mistake: other",
        "12 songs in 9 groups",
    ):
        assert words in output
    assert sorted(path.name for path in (folder / "data/segments").iterdir()) == ["High", "Low"]
    assert_one_more_song_gives_what_a_run_from_scratch_gives(folder, wav)


def assert_one_more_song_gives_what_a_run_from_scratch_gives(folder, wav):
    command("dvc", "repro", "features", cwd=folder)
    before = set(folder.glob(".song_results/*/output.pkl"))
    wav("music/Low/a new one.wav", 12, 260)
    command("dvc", "repro", "-f", "-s", "download", cwd=folder)
    command("dvc", "repro", "features", "split", cwd=folder)
    after = set(folder.glob(".song_results/*/output.pkl"))
    assert before < after
    assert len(after - before) == 3  # of one song: segments, landmarks, MFCC
    lock = (folder / "dvc.lock").read_text()
    for name in ("data", ".song_results"):
        shutil.rmtree(folder / name)
    command("dvc", "repro", "-f", "features", "split", cwd=folder)
    assert (folder / "dvc.lock").read_text() == lock


def test_the_repository_holds_no_output_of_a_stage():
    kept = command(
        "git", "ls-files", "data", "models", "composer", "results", "mlruns", cwd=REPOSITORY
    )
    assert kept == ""


@pytest.mark.slow
def test_a_model_of_notes_is_trained_logged_and_makes_a_song(project):
    changes = ("epochs=6", "width=32", "blocks=1", "learning_rate=0.01")
    words = [word for change in changes for word in ("-S", f"compose.{change}")]
    told = command("dvc", "exp", "run", *words, cwd=project)
    assert "Running stage 'compose'" in told
    assert "Running stage 'train'" not in told
    metrics = json.loads((project / "results/compose.json").read_text())
    assert 0 < metrics["nats_per_note"] < 40
    shown = command("dvc", "metrics", "show", "results/compose.json", cwd=project)
    assert "ngram_nats_per_note" in shown
    client, logged = runs(project)
    run = next(one for one in logged if one.info.run_name.startswith("compose"))
    assert run.info.status == "FINISHED"
    assert run.data.params["compose.width"] == "32"
    curve = client.get_metric_history(run.info.run_id, "training/validation_nats_per_note")
    assert len(curve) == 6
    assert min(point.value for point in curve) == pytest.approx(metrics["nats_per_note"])
    kept = {item.path for item in client.list_artifacts(run.info.run_id, "composer/samples")}
    regions = json.loads((project / "composer/card.json").read_text())["regions"]
    assert kept == {
        f"composer/samples/{region}{suffix}"
        for region in regions
        for suffix in (".mid", ".flac", ".png")
    }
    words = ["--region", regions[0], "--seconds", "6", "--no-guide"]
    command("musicregion", "generate", *words, cwd=project)
    card = json.loads((project / f"songs/{regions[0].lower()}-1-01.json").read_text())
    assert card["palette"] == "the region's own"
    assert card["judge"]["probabilities"].keys() == set(regions)
