import subprocess
import sys
from pathlib import Path

import yaml

from musicregion.config import params
from musicregion.tuning import best, search

SETTINGS = params.load()


def test_the_study_is_another_for_another_question_and_the_same_for_more_trials():
    files = {"data/features.csv": "0", "data/splits.csv": "1"}
    name = search.study_name(SETTINGS, files)
    assert search.study_name(SETTINGS.with_changes({"tune.trials": 50}), files) == name
    assert search.study_name(SETTINGS.with_changes({"evaluate.folds": 5}), files) == name
    assert search.study_name(SETTINGS.with_changes({"tune.folds": 5}), files) != name
    assert search.study_name(SETTINGS.with_changes({"train.seed": 2}), files) != name
    assert search.study_name(SETTINGS, files | {"data/splits.csv": "2"}) != name


def test_the_best_params_are_checked_like_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(best, "BEST_PARAMS", tmp_path / "best_params.yaml")
    best.BEST_PARAMS.write_text("svm.c: 3.5\n")
    assert best.with_best_params(SETTINGS).svm.c == 3.5
    assert best.with_best_params(SETTINGS).logistic == SETTINGS.logistic


def test_no_search_is_nothing_to_wait_for(tmp_path):
    for name in ("params.yaml", "corpora"):
        (tmp_path / name).symlink_to(Path(name).resolve())
    code = "import sys; from stages import tune; tune.main()"
    code += "; assert not {'tensorflow', 'mlflow', 'optuna', 'sklearn'} & set(sys.modules)"
    words = [sys.executable, "-c", code]
    variables = {"PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(words, cwd=tmp_path, env=variables, check=True, capture_output=True)
    assert done.stdout + done.stderr == b""
    assert yaml.safe_load((tmp_path / "results/best_params.yaml").read_text()) == {}
