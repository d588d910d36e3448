"""Every benchmark runs to its end on a tiny sample, and writes its results."""

import importlib
import json
import os
import shutil
import sys
from contextlib import chdir
from dataclasses import replace
from itertools import cycle, product
from unittest import mock

import joblib
import numpy as np
import pandas as pd
import pytest
import soundfile
from mlflow import MlflowClient

from benchmarks import (
    augmented_batches,
    crop_networks,
    games,
    growth,
    ladder,
    new_tunes,
    noises,
    record,
    run_size,
    training,
    true_notes,
    variants,
)
from benchmarks import table as experiment_tables
from benchmarks.compared_songs import load_writer
from benchmarks.crop_networks import Plan
from benchmarks.interventions import INTERVENTIONS, NEUTRALISED, ORIGINAL
from musicregion.composition.fit import fit_composer
from musicregion.composition.palettes import PALETTES
from musicregion.composition.pieces import true_pieces
from musicregion.composition.transformer import build_transformer
from musicregion.compute import parallel
from musicregion.compute.process_server import start_server
from musicregion.config import corpus, params
from musicregion.corpus import folk, folk_songs
from musicregion.dataset import loading
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.model_folder import write_model_folder
from musicregion.features import musicnn, tonal
from musicregion.features.spectral import mfcc_front_end
from musicregion.models import fit, training_songs
from musicregion.storage import paths, tables
from musicregion.tracking import store
from tests.app.test_ui import log_run
from tests.benchmarks.test_openset_folds import METHODS
from tests.browser import needs_browser
from tests.conftest import RATE, REPOSITORY, SMALL, map_in_process
from tests.missing import needs_speech
from tests.prepared import (
    REGIONS,
    SEGMENTS,
    SONGS,
    WINDOW,
    prepared,
    repository_of_metrics,
    write_params,
)
from tests.servers import needs_postgres

RESULTS = "benchmarks/results"
FIGURES = ("auroc", "noise_rejected", "false_rejections")
FOLK_PARTS = ("train", "test")  # of the rendered songs


def melody(seconds, seed):
    """Random notes with harmonics and some noise, float32 [sample]: what landmarks are made of."""
    random = np.random.default_rng(seed)
    length = round(0.25 * RATE)  # samples of a note
    pitches = 220 * 2 ** (random.integers(0, 36, round(seconds / 0.25)) / 12)
    phase = 2 * np.pi * np.cumsum(np.repeat(pitches, length)) / RATE
    wave = sum(np.sin(phase * harmonic) / harmonic for harmonic in (1, 2, 3))
    return (0.1 * wave + 0.001 * random.normal(size=len(phase))).astype("float32")


def write_wave(path, wave):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, wave, RATE)


@pytest.fixture(scope="module", autouse=True)
def server_of_processes():
    """Started from here: in a benchmark's folder, which is deleted, it would lose its modules."""
    start_server("musicregion.inference.predict_song")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A prepared repository, with segments, musicnn features and games' songs, no results."""
    folder = prepared(tmp_path_factory.mktemp("benchmarks") / "project", "train.epochs=1")
    shutil.rmtree(folder / RESULTS)
    for table in tables.SONGS.read(folder).itertuples():
        seed = int(table.song[1:])
        path = folder / paths.SEGMENT_FLACS / table.region / f"{table.song}.flac"
        write_wave(path, melody(SEGMENTS * WINDOW, seed))
    for weights in (paths.MUSICNN_WEIGHTS, paths.BASIC_PITCH_WEIGHTS):
        (folder / weights).parent.mkdir()
        shutil.copy(REPOSITORY / weights, folder / weights)
    activations = np.random.default_rng(0).random((SONGS * SEGMENTS, 3, 3012), "float32")
    activations[::2] += 0.1  # something to learn
    np.save(folder / paths.features_array("musicnn"), activations)
    for game in ("one", "two"):
        write_wave(
            folder / f"data/corpora/games/{game}/audio/{game} a.wav", melody(12, ord(game[0]))
        )
    return folder


@pytest.fixture(scope="module")
def folk_project(project):
    """A copy whose songs are rendered from folk tunes, with a composer and a guide."""
    folder = project.with_name("folk")
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".git", "data"))
    for weights in (paths.MUSICNN_WEIGHTS, paths.BASIC_PITCH_WEIGHTS):
        (folder / weights).parent.mkdir(parents=True)
        shutil.copy(project / weights, folder / weights)
    write_params(folder, "folk.songs=12", "folk.seconds=[14,14]", "segment.window=3")
    write_params(folder, "compose.width=16", "compose.heads=2")
    with chdir(folder):
        settings = params.load()
        chosen = corpus.load("folk")
        recipes = folk.choose_recipes(chosen, settings.folk.songs, settings.folk.seed)
        write_folk_songs(recipes[: len(FOLK_PARTS)], settings)
        pieces = true_pieces(settings)
        with mock.patch("musicregion.composition.training.train_transformer", untrained):
            fit_composer({"train": pieces, "validation": pieces[:1]}, settings, mock.Mock())
        write_guide(sorted(chosen.regions), settings)
    return folder


def write_folk_songs(recipes, settings):
    """Render songs, and write the tables that name them."""
    rows = []
    for recipe, part in zip(recipes, FOLK_PARTS, strict=True):
        paths.RAW.mkdir(parents=True, exist_ok=True)
        song = folk_songs.folk_song(recipe, settings.folk)
        row = dict.fromkeys(tables.SONGS.columns, "") | {"song": recipe.song, "unknown": False}
        row |= {"region": recipe.region, "status": "ok", "duration_s": 14.0}
        row |= {"path": str(song.fetch(paths.RAW, recipe.song).path)}
        row |= {"index": 0, "start_s": 0.0, "looped": False}
        rows.append(row | {"group": recipe.song, "part": part, "fold": 0})
    for table in (tables.SONGS, tables.SEGMENTS, tables.SPLITS):
        table.write(rows)


def untrained(train, validation, vocabulary, settings, on_epoch):
    """In place of training: a transformer with random weights."""
    history = pd.DataFrame({"epoch": [1], "loss": [1.0], "val_loss": [1.0]})
    return build_transformer(vocabulary, settings), history


def write_guide(regions, settings):
    """Write a model of MFCC, trained on noise."""
    names = np.repeat([f"{number:02}" for number in range(4 * len(regions))], 2)
    labels = np.repeat(np.arange(len(regions)), 8)
    features = np.random.default_rng(0).normal(size=(len(names), 130, 13)).astype("float32")
    data = Dataset({"mfcc": features}, labels, names, names, np.full(len(names), "train"), regions)
    rows = np.arange(len(names))
    model, _ = fit.fit_model(data, rows, None, settings, lambda epoch, metrics: None)
    card = {"regions": regions, "params": settings.training_params()}
    card["temperature"] = {"song": 1.0, "segment": 1.0}
    rate = settings.segment.sample_rate
    front_end = mfcc_front_end(rate, round(rate * settings.segment.window), settings.mfcc)
    front_end.save(paths.features_front_end("mfcc"))
    songs = training_songs.fit_training_songs(data, rows, {})
    write_model_folder(model, songs, json.dumps(card), settings, paths.MODELS)


@pytest.fixture
def run(monkeypatch, capsys):
    """run(name, folder, changes, in_process, result, arguments): a benchmark's main in a folder.

    changes: to its constants, or with a dot to another benchmark's, so that it is small.
    in_process: whether tasks run without worker processes. result: of the file, without its ending,
    if it is not the benchmark's name. Returns the results and the output.
    """

    def run_in(name, folder, changes=None, in_process=False, result=None, arguments=()):
        for key, value in (changes or {}).items():
            module, _, constant = key.rpartition(".")
            owner = importlib.import_module(f"benchmarks.{module or name}")
            monkeypatch.setattr(owner, constant, value)
        monkeypatch.setattr(sys, "argv", [f"benchmarks.{name}", *arguments])
        if in_process:
            monkeypatch.setattr(parallel, "map_songs", map_in_process)
        with mock.patch.dict(os.environ), chdir(folder):
            importlib.import_module(f"benchmarks.{name}").main()
        path = folder / RESULTS / f"{result or name}.json"
        output = capsys.readouterr().out
        assert f"Made by `python -m benchmarks.{name}`" in output
        assert not list(path.parent.rglob("*.part"))
        return json.loads(path.read_text()), output

    return run_in


@pytest.fixture
def eager():
    """TensorFlow without compiled functions: for a few batches, compiling takes longest."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


class Loudness:
    """In place of a network, and better: the second region's songs are louder."""

    def predict(self, features, **_):
        loud = features.mean(axis=(1, 2)) > 0.25
        return np.stack([~loud, loud], axis=1) * 0.8 + 0.1

    def predict_on_batch(self, crops):
        return {"probabilities": self.predict(crops.mean(axis=1))}


def test_augmentation(project, run, eager):
    options = {"smoothing": 0.1, "cosine": True, "average": True, "decay": 0.01}
    by_name = {"all options": (augmented_batches.mixup, options)}
    changes = {"EPOCHS": 1, "BATCH": 4, "VARIANTS": by_name, "variants.FOLDS": 2}
    rows, output = run("augmentation", project, changes)
    assert [row["variant"] for row in rows] == ["all options"]
    assert "| all options |" in output
    changes |= {"VARIANTS": {"loudness": ()}, "train_network": lambda *_: Loudness()}
    rows, _ = run("augmentation", project, changes)
    assert rows[-1]["song_accuracy"] == 1  # every fold's own songs were predicted


def test_shortcuts(project, run):
    songs = tables.SONGS.read(project)
    for table in songs.itertuples():
        wave = melody(SEGMENTS * WINDOW, int(table.song[1:]))
        whistle = 0.05 * np.sin(2 * np.pi * 9000 * np.arange(len(wave)) / RATE)
        write_wave(project / table.path, wave + whistle * (table.region == REGIONS[1]))
    tables.SONGS.write(songs.assign(sha256=songs["song"]), project)
    what = (ORIGINAL, "6 dB softer", "Opus 64 kbit/s", NEUTRALISED)  # the others take longer
    some = {name: INTERVENTIONS[name] for name in what}
    changes = {"FOLDS": 3, "INTERVENTIONS": some, "intervened_songs.INTERVENTIONS": some}
    write_params(project, "model=svm")
    rows, output = run("shortcuts", project, changes, in_process=True)
    write_params(project, "model=committee")
    by_name = {row["what"]: row for row in rows}
    baselines = ["majority", "nuisances", "format", "model"]
    trained = ["trained on excerpts", "trained on neutralised"]
    assert list(by_name) == [*baselines, *what[:-1], *trained]
    assert by_name["trained on excerpts"]["accuracy"] > 0.9  # by the whistle
    assert by_name["trained on neutralised"]["accuracy"] < 0.8
    assert by_name[ORIGINAL]["changed"] == 0
    assert "| 6 dB softer |" in output


def test_doctor(project, run):
    changes = {"DRAWS": 2, "FOLDS": 3, "REPEATS": 1, "MODELS": ("logistic",)}
    rows, output = run("doctor", project, changes)
    assert [(row["model"], row["songs"]) for row in rows] == [("logistic", SONGS)]
    (row,) = rows
    assert row["found_10"] == 1  # loud songs among soft ones
    assert row["minutes_80"] < 0.1 * row["minutes"]
    assert row["clean"] == row["after"] == 1
    assert "| logistic | 1.000 (1.000 to 1.000) |" in output


def test_duplicates(project, folk_project, run):
    first = project / games.GAMES / "one/audio/one a.wav"
    for copy in ("one", "two"):
        path = folk_project / games.GAMES / copy / "a.wav"
        path.parent.mkdir(parents=True)
        shutil.copy(first, path)
    result, _ = run("duplicates", folk_project)
    assert result["files"] == 9 * len(FOLK_PARTS)
    assert result["shares"][0]["recall"] > 0.5
    assert [row["share"] for row in result["games"]] == [1.0]  # the same song twice


def test_fingerprint(project, run):
    rows, output = run("fingerprint", project, {"SONGS": (60,), "LANDMARKS": 400})
    (row,) = rows
    assert row["equal"]
    assert (row["recall"], row["wrong_pairs"]) == (1, 0)
    assert row["one_more"]["one_more_s"] < row["blocks"]["seconds"]
    assert len(row["profile"]) == 8
    assert "| 60 | 400 |" in output
    run("fingerprint", project, {"SONGS": ()})  # what is in the table stays
    assert json.loads((project / RESULTS / "fingerprint.json").read_text()) == rows


@pytest.mark.slow
def test_ladder(project, run, eager):
    steps = {
        "CNN": ladder.Step("cnn", False, "0.7", {"filters": [2]}),
        "CNN, bootstrapped": ladder.Step("cnn", True, "", {"filters": [2]}),
    }
    rows, output = run("ladder", project, {"STEPS": steps, "ladder_folds.FOLDS": 3})
    assert [(row["step"], row["way"]) for row in rows] == list(product(steps, ladder.WAYS))
    for row in rows:
        for unit in ("segment", "song"):
            assert row[f"{unit}_low"] <= row[f"{unit}_accuracy"] <= row[f"{unit}_high"]
    assert "| folk | CNN | 0.7 | random |" in output
    assert "folk, CNN: bootstrapping adds " in output
    assert (project / RESULTS / "ladder.png").is_file()
    run("ladder", project, {"STEPS": {}})  # what is in the table stays
    assert json.loads((project / RESULTS / "ladder.json").read_text()) == rows


@pytest.mark.slow
def test_extract(project, run):
    result, output = run("extract", project, {"REPEATS": 1, "WORKERS": (1,), "LONG_FILE": 1 / 60})
    assert [row["way"] for row in result["musicnn"]] == ["TensorFlow", "ours"]
    assert result["musicnn_largest_difference"] <= musicnn.STEP
    assert {row["way"] for row in result["alternatives"]} == {
        "tutorial",
        "tutorial, song loaded once",
        "decode",
        "ours",
    }
    assert result["one_more_mfcc_s"] > 0
    assert result["games_times_decoding"] > 1
    megabytes = {row["step"]: row["mb"] for row in result["steps"]}
    assert 0 < megabytes["write FLAC"] <= megabytes["write FLAC, level 0"] < megabytes["write WAV"]
    assert len(result["profile"]) == 10
    assert "times_decoding" in output


@pytest.mark.slow
def test_generate(folk_project, run):
    changes = {"compared_songs.SECONDS": 5.0, "compared_songs.TRIES": 2, "COMMAND_SECONDS": 5}
    changes |= {"judge.EXTRA_SONGS": 12, "judge.REAL_SONGS": 2}
    result, _ = run("generate", folk_project, changes, in_process=True)
    sets = [(row["method"], row["guided"]) for row in result["rows"]]
    assert sets == [("real", 0), ("ngram", 0), ("ngram", 1), ("decoder", 0), ("decoder", 1)]
    assert "<audio" in (folk_project / "results/listen/index.html").read_text()
    assert (folk_project / RESULTS / "generate.png").is_file()


def test_listening_page(folk_project, run):
    changes = {"PAIRS": 2, "paired_songs.SECONDS": 6.0}
    result, output = run("listening_page", folk_project, changes, in_process=True)
    assert [row["pair"] for row in result["pairs"]] == [1, 2]
    assert all(0 <= row[way] <= 1 for row in result["pairs"] for way in ("before", "after"))
    assert "| pair | region | before | after |" in output
    folder = folk_project / "results/pairs"
    names = [f"{number}{side}.flac" for number in (1, 2) for side in "ab"]
    assert sorted(path.name for path in folder.iterdir()) == [*names, "index.html", "key.json"]
    assert {soundfile.info(folder / name).duration for name in names} == {6.0}
    page = json.loads((folder / "key.json").read_text())["page"]
    answers = [{"pair": 1, "preferred": "a"}, {"pair": 2, "preferred": "neither"}]
    path = folk_project / "answers.json"
    path.write_text(json.dumps({"page": page, "answers": answers}))
    counted, output = run("listening_page", folk_project, arguments=[str(path)])
    assert sum(counted["answers"].values()) == 2
    assert counted["answers"]["neither"] == 1
    assert counted["pairs"] == result["pairs"]
    assert "| before | after | neither | p (sign test) |" in output


def test_like(folk_project, run):
    two = {name: PALETTES[name] for name in ("piano", "brass")}
    changes = {"SONGS": 2, "SECONDS": 12.0, "PALETTES": two}
    result, output = run("like", folk_project, changes, in_process=True)
    assert result["songs"] == 2
    assert result["tempo"] <= result["tempo_or_double_or_half"] <= 1
    assert [row["palette"] for row in result["palettes"]] == ["piano", "brass"]
    assert "| instruments |" in output


@pytest.mark.slow
def test_decoder(folk_project, run):
    result, output = run("decoder", folk_project, {"ROUNDS": 1, "KERAS_TOKENS": 2})
    assert [row["way"] for row in result["rows"]] == ["ONNX Runtime", "NumPy", "Keras, predict"]
    assert all(row["tokens_a_second"] > 0 for row in result["rows"])
    assert all(row["difference"] < 1e-5 for row in result["rows"])
    assert "| way | tokens a second |" in output


@pytest.mark.slow
def test_tune_distances(folk_project, run):
    changes = {"judge.EXTRA_SONGS": 12, "judge.REAL_SONGS": 2, "SPLITS": 2}
    result, output = run("tune_distances", folk_project, changes, in_process=True)
    kinds = [row["kind"] for row in result["rows"]]
    assert kinds == ["halves of real tunes", "tunes learned from", *new_tunes.METHODS]
    assert all(0 <= row["interval_distance"] <= 1 for row in result["rows"])
    assert "repetition_distance: goal 0.08, decoder with form" in output


@pytest.mark.slow
def test_heard_tunes(folk_project, run):
    changes = {"EXTRA_SONGS": 12, "REAL_SONGS": 2, "TAUGHT": 10}
    changes |= {"same_palette_songs.TRIES": 2}
    result, output = run("heard_tunes", folk_project, changes, in_process=True)
    rows = [(row["judged"], row["guided"], row["kind"]) for row in result["rows"]]
    unguided = [kind for judged, guided, kind in rows if judged == "notes" and not guided]
    assert unguided == ["real tunes", *new_tunes.METHODS]
    assert sum(guided for _, guided, _ in rows) == 3
    assert [kind for judged, _, kind in rows if judged == "audio"] == [
        *("real tunes", "n-gram", "decoder with form")
    ]
    assert "goal 0.9" in output
    assert (folk_project / RESULTS / "heard_tunes.png").is_file()


@pytest.mark.slow
def test_playlist_songs(folk_project, run, tmp_path, request):
    load_writer.cache_clear()  # a folder of the same name is another one here
    request.addfinalizer(load_writer.cache_clear)
    folder = shutil.copytree(folk_project, tmp_path / "transcribed")
    write_params(folder, "compose.notes=transcribed")
    songs, splits = (table.read(folder) for table in (tables.SONGS, tables.SPLITS))
    songs["region"] = splits["region"] = ["China", "Ireland"]
    parts = []
    for part in ("train", "test"):  # a song of each region in both
        names = [f"{part}-{name}" for name in songs["song"]]
        parts.append((songs.assign(song=names), splits.assign(song=names, part=part)))
    for table, frames in zip((tables.SONGS, tables.SPLITS), zip(*parts, strict=True), strict=True):
        table.write(pd.concat(frames).to_dict("records"), folder)
    with chdir(folder):
        settings = params.load()
        pieces = true_pieces(settings.with_changes({"compose.notes": True}))
        with mock.patch("musicregion.composition.training.train_transformer", untrained):
            fit_composer({"train": pieces, "validation": pieces[:1]}, settings, mock.Mock())
    changes = {f"transcribed_songs.{name}": value for name, value in (("SONGS", 1), ("TRIES", 2))}
    changes |= {"SONGS": 1, "SECONDS": 6.0}
    result, output = run("playlist_songs", folder, changes, in_process=True)
    kinds = [(row["kind"], row["guided"], row["songs"]) for row in result["rows"]]
    assert kinds == [
        *(("real songs", False, 2), ("real notes, played", False, 2), ("ngram", False, 2)),
        *(("decoder", False, 2), ("decoder", True, 2)),
    ]
    assert result["judge_songs"] == 2
    assert result["palettes"].keys() == set(songs["region"])
    assert "goal 0.5" in output


@pytest.mark.slow
def test_processors(project, run, tmp_path):
    emulator = tmp_path / "emulator"  # of this very processor
    emulator.write_text('#!/bin/sh\nshift 2\nexec "$@"\n')
    emulator.chmod(0o755)
    changes = {"EMULATOR": str(emulator), "PROCESSORS": {"this": "the same"}, "SEGMENTS": 2}
    result, output = run("processors", project, changes)
    assert result["activations"] == 2 * 3012
    assert {row["differ"] for row in result["rows"]} == {0}
    assert "the same" in output


@pytest.mark.slow
def test_kill(project, run):
    (project / RESULTS).mkdir(parents=True, exist_ok=True)
    (project / RESULTS / "record.json").write_text('{"other": 1}')
    stages = (("download", "mfcc"), ("segment", "mfcc"))
    changes = {"KILLS": 2, "PIPELINE": stages, "KILLED": stages}
    record, output = run("kill", project, changes, result="record")
    assert record["other"] == 1
    assert (record["kills"], record["kills_equal"]) == (2, 2)
    assert record["kills_lost_songs"] <= 2 * joblib.cpu_count()
    assert "| segment |" in output


def test_models(project, run):
    pairs = [("mfcc", "logistic", 2, {}), ("mfcc", "svm", 2, {}), ("logmel", "svm", 1, {})]
    changes = {
        "REFERENCE": "svm on mfcc",
        "FOLDS": 3,
        "SAMPLE": 4,
        "ROWS": pairs,
        "POOLS": [("svm on mfcc", "svm on logmel")],
    }
    rows, output = run("models", project, changes)
    assert [(row["features"], row["model"]) for row in rows] == [pair[:2] for pair in pairs]
    assert "chosen by nested validation" in output
    assert "svm on mfcc + svm on logmel" in output
    assert (project / RESULTS / "models_folk_confusion.png").is_file()


def test_music(project, folk_project, run):
    with chdir(folk_project):
        recipes = true_notes.load_recipes(params.load())
    names = [f"s{number:02}" for number in range(SONGS)]
    songs = dict(zip(names, cycle(recipes.values()), strict=False))
    changes = {"FEATURES": ("mfcc",), "FOLDS": 3, "REPEATS": 1}
    changes |= {"true_notes.load_recipes": lambda settings: songs}
    rows, output = run("music", project, changes)
    assert [(row["songs"], row["model"]) for row in rows] == [
        (SONGS, "majority"),
        (SONGS, "committee"),
        (SONGS, "committee"),
    ]
    assert rows[0]["song_accuracy"] == 0.5
    assert rows[1]["song_accuracy"] > 0.8
    assert "| folk | 40 | tonal of the true notes | committee |" in output
    assert "against_mfcc" not in rows[0]
    assert rows[1]["against_mfcc"]["difference"] == 0
    assert rows[2]["against_mfcc"].keys() >= {"difference", "low", "high"}


def store_uniform_predictions(project, pair):
    """Write stored folds in which every region is as probable as any other."""
    with chdir(project):
        features, _, model = pair.partition("_")
        data = loading.load_dataset((features,))

        def uniform(train, test):
            names = np.unique(data.songs[test])
            return names, np.full((len(names), len(data.regions)), 1 / len(data.regions))

        folds = variants.predict_folds(data, params.load(), model, uniform)
    path = project / RESULTS / f"models_folk/{pair}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(folds))


@pytest.mark.slow
def test_networks(project, run, eager, monkeypatch):
    monkeypatch.setattr(variants, "FOLDS", 2)
    for model in ("svm", "cnn"):
        store_uniform_predictions(project, f"mfcc_{model}")
    plan = Plan(
        pretraining=1,
        epochs=1,
        songs=24,
        lengths=(8, 16),
        pretraining_lengths=(8, 9),
        test_crops=2,
        test_length=16,
        blocks=((4, 3, 2),),
        probabilities=0.5,
        activations=1.0,
    )
    tries = {"taught": plan, "loudness": replace(plan, epochs=0)}
    fit_network = crop_networks.fit_network

    def fit_or_listen(songs, regions, lessons, plan, seed):
        return fit_network(songs, regions, lessons, plan, seed) if plan.epochs else Loudness()

    changes = {"TRIES": tries, "network_tries.TRIES": tries, "teachers.FOLDS": 2}
    rows, output = run("networks", project, changes | {"network_tries.fit_network": fit_or_listen})
    assert [row["model"] for row in rows] == ["svm", "cnn", *tries]
    assert [row["song_accuracy"] for row in rows] == [0.5, 0.5, mock.ANY, 1]
    assert rows[-1]["against_svm"]["difference"] == 0.5
    assert "| mfcc | taught |" in output


@pytest.mark.slow
@needs_speech
def test_openset(project, run):
    """With two regions, none can be left out."""
    with chdir(project):
        write_guide(list(REGIONS), params.load())
    aurocs = {method: {"Coast": 0.6, "Hills": 0.8} for method in METHODS}
    changes = {"unknown_sounds.EACH": 1, "unknown_sounds.FOREIGN": 1}
    changes |= {"noises.SHORTEST": 1, "noises.LONGEST": 2}
    changes["openset_folds.measure_aurocs"] = lambda data, settings: aurocs
    earlier = [dict.fromkeys(FIGURES, 0.5) for _ in range(2)]
    for row, name in zip(earlier, ("a", "folk"), strict=True):
        row |= {"corpus": name, "features": "mfcc", "method": "mahalanobis", "regions": {}}
    (project / RESULTS).mkdir(exist_ok=True)
    (project / RESULTS / "openset.json").write_text(json.dumps(earlier))
    (first, *rows), output = run("openset", project, changes, in_process=True)
    assert first == earlier[0]  # the row of folk is replaced
    assert [(row["corpus"], row["features"]) for row in rows] == [("folk", "mfcc")] * len(METHODS)
    assert [row["method"] for row in rows] == METHODS
    assert {row["auroc"] for row in rows} == {0.7}
    assert set(rows[0]["sounds"]) == {*noises.KINDS, "foreign"}
    assert rows[4]["noise_rejected"] > 0.5
    assert "| folk | mfcc | combined | 0.700 |" in output


@pytest.mark.slow
@pytest.mark.slow
def test_dvc_layouts(tmp_path, run):
    (tmp_path / RESULTS).mkdir(parents=True)
    rows, output = run("dvc_layouts", tmp_path, {"FILES": 20, "REGIONS": 2, "SIZE": 80})
    assert len(rows) == 4
    steps = {"add", "one more", "status", "push", "pull", "checkout"}
    assert all(row.keys() == {"layout", "files", *steps} for row in rows)
    assert "| an archive a region |" in output


@pytest.mark.slow
@needs_browser
def test_leaderboard(tmp_path, run, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    log_run(MlflowClient(), store.prepare_experiment("folk"), "svm", 0.5)
    (tmp_path / RESULTS).mkdir(parents=True)
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    rows, output = run("leaderboard", tmp_path, {"RUNS": (1, 3), "OPENED": 1})
    assert [row["runs"] for row in rows] == [1, 3]
    assert all(row["seconds"] > 0 for row in rows)
    assert "Each run has 3 metrics, 2 params" in output


@pytest.mark.slow
def test_page(project, run, trained, songs):
    folder = project.with_name("page")
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".git", "models", "segments"))
    shutil.copytree(trained, folder / paths.MODELS)
    rows = tables.SONGS.read(project)
    for number, file in enumerate(sorted(songs.iterdir())):
        rows.loc[number, ["path", "status"]] = str(file), "ok"
    tables.SONGS.write(rows, folder)
    result, output = run("page", folder, {"VISITORS": 3, "SECONDS": 1})
    assert (result["visitors"], result["songs"]) == (3, 3)
    assert result["answers"] >= 3
    assert result["fewest_of_a_visitor"] >= 1
    assert (result["failures"], result["mixed_up"]) == (0, 0)
    assert 0 < result["p50"] <= result["p95"] <= result["longest"]
    assert "| p95 |" in output


@pytest.mark.slow
def test_predict(project, run):
    result, output = run("predict", project, {"RUNS": 1, "SECONDS": 4, "SONGS": 2, "DIFFERENT": 1})
    assert [row["model"] for row in result["rows"]] == ["cnn", "committee"]
    assert result["cold_keras_s"] > 0
    assert "| cnn |" in output


def test_protocol(project, run):
    rows, _ = run("protocol", project, {"MODELS": ("svm", "dense")})
    assert [row["model"] for row in rows] == ["svm", "dense"]
    assert (project / RESULTS / "protocol.png").is_file()


@pytest.mark.slow
def test_run_size(project, monkeypatch, capsys):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(run_size, "MODELS", ("dense",))
    with mock.patch.dict(os.environ), chdir(project):
        record.update_record({"another": 30})
        run_size.main()
        figures = json.loads(record.RESULT.read_text())
    assert figures["another"] == 30
    # 22 frames of 13 coefficients to half as many units, once
    assert 0.1 < figures["run_mb_dense"] < 3
    assert "| dense |" in capsys.readouterr().out


@pytest.mark.slow
def test_growth(project, run):
    transpositions = tuple(np.linspace(-6, 6, 10))
    result, output = run(
        "growth",
        project,
        {"SIZES": (22,), "varied_songs.COPIED": 10, "varied_songs.TRANSPOSITIONS": transpositions},
    )
    assert [row["stage"] for row in result["rows"]] == list(growth.STAGES)
    assert all(row["seconds"] > 0 and row["peak_mb"] > 10 for row in result["rows"])
    disk = {row["stage"]: row["disk_mb"] for row in result["rows"]}
    assert min(disk["download"], disk["segment"], disk["features"], disk["train"]) > 0.1
    (fingerprint,) = (row for row in result["rows"] if row["stage"] == "fingerprint")
    assert fingerprint["copies"] == fingerprint["copies_detected"] == 2
    assert (project / RESULTS / "growth.png").is_file()
    assert "peak_mb" in output


@pytest.mark.slow
def test_scale(project, run):
    changes = {"WORKERS": (1,), "EMPTY_TASKS": 10, "dvc_files.FILES": 10}
    (project / RESULTS).mkdir(exist_ok=True)
    shutil.copy(REPOSITORY / RESULTS / "training_memory.json", project / RESULTS)
    result, _ = run("scale", project, changes)
    assert [row["engine"] for row in result["throughput"]] == ["joblib", "dask"]
    assert [row["stage"] for row in result["stages"]] == ["segment", "mfcc", "fingerprint"]
    assert [row["songs"] for row in result["model"]] == [1000, 100_000, 10_000_000]


@pytest.mark.slow
def test_cluster(project, run):
    changes = {"ROUNDS": 1, "SONGS": 4, "FILES": 2, "TASKS": 60}
    result, output = run("cluster", project, changes)
    assert [row["engine"] for row in result["engines"]] == ["joblib", "processes", "Dask"]
    assert all(row["songs"] == 4 and row["seconds"] > 0 for row in result["engines"])
    kills = {row["killed"]: row for row in result["kills"]}
    assert {name: row["runs"] for name, row in kills.items()} == {
        "worker": 1,
        "scheduler": 2,
        "client": 2,
    }
    for row in kills.values():
        assert row["lost"] == 0
        assert row["twice"] <= row["in_flight"] < 20
    assert "| joblib | 2 | 4 |" in output


@pytest.mark.slow
def test_search(project, run, eager):
    methods = {"TPE with pruning": ("tpe", "median")}
    changes = {"TRIALS": 1, "SEEDS": (1,), "EPOCHS": 1, "METHODS": methods, "search_runs.STEP": 2}
    rows, output = run("search", project, changes, in_process=True)
    assert [row["trials"] for row in rows] == [0, 1]
    assert "| no search |" in output
    assert (project / RESULTS / "search.png").is_file()


@pytest.mark.slow
@needs_postgres
def test_shared_search(project, run):
    changes = {"PROCESSES": 2, "CHANGES": {"model": "logistic", "tune": {"trials": 4}}}
    rows, output = run("shared_search", project, changes)
    assert [row["search"] for row in rows] == ["four processes", "four processes, one killed"]
    assert all(row["trials"] >= 4 and row["lost"] == 0 for row in rows)
    assert all(0 <= row["idle"] <= 1 for row in rows)
    assert "| trials_a_minute |" in output


@pytest.mark.slow
def test_switch_back(project, run):
    changes = {"CHANGES": (*SMALL, "model=svm")}
    record, output = run("switch_back", project, changes, result="record")
    assert record["switch_back_s"] > 0
    assert "stages that ran again: params\n" in output  # it has no outputs


@pytest.mark.slow
def test_table(tmp_path, capsys):
    repository_of_metrics(tmp_path, "svm", 0.7)
    record = tmp_path / RESULTS / "record.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"kills": 30}')
    with chdir(tmp_path):
        experiment_tables.main()
    assert "| musicregion table |" in capsys.readouterr().out
    values = json.loads(record.read_text())
    assert values.keys() == {"kills", "table_width", "metrics_columns"}
    assert values["metrics_columns"] == 1
    assert 40 < values["table_width"] <= 110


def test_tonal(project, run, monkeypatch):
    monkeypatch.setattr(tonal, "channels", lambda: {"scale": slice(0, 2), "intervals": slice(2, 5)})
    shares = np.random.default_rng(0).random((SONGS * SEGMENTS, 1, 5), "float32")
    np.save(project / paths.features_array("tonal"), shares)
    changes = {"FOLDS": 2, "REPEATS": 1, "TIMED": 1}
    ((row,), output) = run("tonal", project, changes, in_process=True)
    assert [group["channels"] for group in row["groups"]] == [5, 2, 3]
    assert row["x_realtime"] > 1
    assert "times real time" in output


def test_training(project, run):
    ways = {name: training.WAYS[name] for name in ("model.fit, deterministic", "16 steps a call")}
    rows, _ = run("training", project, {"WAYS": ways, "NETWORKS": ("dense",)})
    assert [row["way"] for row in rows] == ["16 steps a call", "model.fit, deterministic"]


@pytest.mark.slow
def test_training_memory(project, run):
    changes = {"SONGS": (20, 40), "MODELS": ("logistic",), "BEFORE": "HEAD", "MOST_BEFORE": 20}
    (project / RESULTS / "training_memory.json").unlink(missing_ok=True)
    rows, output = run("training_memory", project, changes)
    assert [(row["songs"], row["code"]) for row in rows] == [
        (20, "before"),
        (20, "now"),
        (40, "now"),
    ]
    assert all(0 < row["anonymous_mb"] < row["resident_mb"] for row in rows)
    assert "| 40 | logistic | now |" in output
    assert run("training_memory", project, changes)[0] == rows  # what is in the table stays


def test_transcribe(folk_project, run):
    result, _ = run("transcribe", folk_project, {"GRID": ((0.5,), (0.3,), (5, 11)), "SONGS": 1})
    assert result["rows"][-1]["songs"] == FOLK_PARTS.count("test")
    assert result["rows"][-1]["f1"] > 0.1


@pytest.mark.slow
def test_transfer(project, run, eager, monkeypatch):
    monkeypatch.setattr(variants, "FOLDS", 2)
    store_uniform_predictions(project, "musicnn_committee")
    changes = {"transfer_networks.EPOCHS": 1, "transfer_networks.BATCH": 16}
    changes |= {"transfer_networks.BAG_EPOCHS": 1}
    rows, output = run("transfer", project, changes)
    assert len(rows) == 4
    assert "committee alone: 0.500" in output
