import subprocess
import sys

import pytest
import yaml

from musicregion.config import params
from musicregion.errors import ConfigError
from tests.conftest import command


def changed(tmp_path, key, value):
    tree = yaml.safe_load(params.PARAMS.read_text())
    *sections, last = key.split(".")
    node = tree
    for section in sections:
        node = node[section]
    node[last] = value
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(tree))
    return path


def test_the_file_in_the_repository_is_valid():
    assert params.load().corpus == "folk"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("model", "nonsense", ["model", "'nonsense'", "'dense'", "'dense_deep'", "'cnn'"]),
        ("features", "chroma", ["features", "'chroma'", "'mfcc'"]),
        ("features", "mfcc+mfcc", ["features", "'mfcc+mfcc'", "twice"]),
        ("features", "mfcc+", ["features", "'mfcc+'", "'logmel'", "+"]),
        ("corpus", "nowhere", ["corpus", "'nowhere'", "folk", "genshin"]),
        ("train.epochs", -3, ["train.epochs", "-3", "greater than or equal to 1"]),
        ("train.learning_rate", "fast", ["train.learning_rate", "'fast'", "number"]),
        ("train.balance", "magic", ["train.balance", "oversample", "weights", "none"]),
        ("train.epoch", 3, ["train.epoch", "not a key"]),
        ("folk.seconds", [90, 30], ["folk.seconds", "shortest"]),
        ("compose.notes", "guessed", ["compose.notes", "'guessed'", "True", "transcribed"]),
        ("compose.width", 100, ["compose.width", "100", "heads, 8"]),
        ("mfcc.coefficients", 200, ["mfcc.coefficients", "200", "mel_bands"]),
        ("mfcc.fmin", 7000, ["mfcc.fmin", "7000", "fmax"]),
    ],
)
def test_a_mistake_is_named_with_its_key_value_and_choices(tmp_path, key, value, words):
    with pytest.raises(ConfigError) as stopped:
        params.load(changed(tmp_path, key, value))
    for word in words:
        assert word in str(stopped.value)


def test_a_missing_key_is_named(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("corpus: folk\n")
    with pytest.raises(ConfigError, match=r"train is missing"):
        params.load(path)


def test_an_exponent_that_yaml_reads_as_text_is_a_number(tmp_path):
    path = changed(tmp_path, "train.learning_rate", "1e-3")
    assert params.load(path).train.learning_rate == 0.001


def test_training_params_hold_only_the_chosen_sections(tmp_path):
    chosen = params.load(changed(tmp_path, "model", "cnn")).training_params()
    assert chosen["model"] == "cnn"
    assert "cnn.filters" in chosen
    assert "train.epochs" in chosen
    assert not any(key.startswith("dense") for key in chosen)


def test_nothing_heavy_is_imported_before_params_are_checked(tmp_path):
    (tmp_path / "corpora").mkdir()
    (tmp_path / "params.yaml").write_text("model: nonsense\n")
    stages = ("download", "segment", "split", "features", "compose", "tune", "train")
    code = (
        "import runpy, sys\n"
        f"for stage in {stages}:\n"
        "    try:\n"
        "        runpy.run_module(f'stages.{stage}', run_name='__main__')\n"
        "    except SystemExit as stop:\n"
        "        print(stop)\n"
        "    heavy = {'tensorflow', 'keras', 'librosa', 'mlflow', 'sklearn'} & set(sys.modules)\n"
        "    print(stage, heavy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(params.PARAMS.resolve().parent)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.count("model is 'nonsense'") == len(stages), done.stderr
    for stage in stages:
        assert f"{stage} set()\n" in done.stdout, done.stdout


@pytest.mark.parametrize("stage", ["download", "segment", "split", "features", "compose", "train"])
def test_every_stage_explains_itself_and_does_nothing_else(stage, tmp_path):
    output = command(f"stages.{stage}", "--help", cwd=tmp_path, here=True)
    assert f"python -m stages.{stage}" in output
    assert "params.yaml" in output
    assert list(tmp_path.iterdir()) == []


def test_several_kinds_of_features_are_for_models_of_statistics(tmp_path):
    path = changed(tmp_path, "features", "mfcc+musicnn")
    assert params.load(path).kinds == ("mfcc", "musicnn")
    path.write_text(path.read_text().replace("model: committee", "model: cnn"))
    with pytest.raises(ConfigError, match=r"cnn takes one kind, not 'mfcc\+musicnn'"):
        params.load(path)


def test_params_of_every_chosen_kind_are_recorded(tmp_path):
    recorded = params.load(changed(tmp_path, "features", "mfcc+logmel")).training_params()
    assert {"mfcc.n_fft", "logmel.n_fft"} <= recorded.keys()
    assert "musicnn.patches" not in recorded
