import subprocess
import sys
from pathlib import Path

import yaml

from stages import params, tune

SETTINGS = params.load()


def test_what_makes_another_study_makes_the_stage_run_again():
    stage = yaml.safe_load(Path("dvc.yaml").read_text())["stages"]["tune"]
    for module in tune.CODE:
        path = Path("stages", module)
        assert str(path if path.is_dir() else path.with_suffix(".py")) in stage["deps"]


def test_the_study_is_another_for_another_question_and_the_same_for_more_trials():
    files = {"data/mfcc/features.npy": "0", "data/splits.csv": "1"}
    name = tune.name(SETTINGS, files)
    assert tune.name(SETTINGS.changed({"tune.trials": 50}), files) == name
    assert tune.name(SETTINGS.changed({"evaluate.folds": 5}), files) == name
    assert tune.name(SETTINGS.changed({"tune.folds": 5}), files) != name
    assert tune.name(SETTINGS.changed({"train.seed": 2}), files) != name
    assert tune.name(SETTINGS, files | {"data/splits.csv": "2"}) != name


def test_the_best_params_are_checked_like_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tune, "BEST", tmp_path / "best_params.yaml")
    tune.BEST.write_text("svm.c: 3.5\n")
    assert tune.best(SETTINGS).svm.c == 3.5
    assert tune.best(SETTINGS).logistic == SETTINGS.logistic


def test_no_search_is_nothing_to_wait_for(tmp_path):
    for name in ("params.yaml", "corpora"):
        (tmp_path / name).symlink_to(Path(name).resolve())
    code = "import sys; from stages import tune; tune.main()"
    code += "; assert not {'tensorflow', 'mlflow', 'optuna', 'sklearn'} & set(sys.modules)"
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(Path.cwd())}, check=True
    )
    assert yaml.safe_load((tmp_path / "results/best_params.yaml").read_text()) == {}
