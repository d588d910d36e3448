import json
import sys
from pathlib import Path

from stages import compose, transcribe


def test_stages_that_are_off_print_nothing(tmp_path, monkeypatch, capsys):
    for name in ("params.yaml", "corpora"):
        (tmp_path / name).symlink_to(Path(name).resolve())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["stage"])
    (tmp_path / "data").mkdir()
    for stage in (compose, transcribe):
        stage.main()
    assert capsys.readouterr() == ("", "")
    assert json.loads((tmp_path / "results/compose.json").read_text()) == {}
    assert (tmp_path / "composer/card.json").is_file()
