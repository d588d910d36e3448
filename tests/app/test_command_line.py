"""`musicregion` without arguments, its help, and its errors."""

import re
import sys

import pytest

from app import command_line
from musicregion.errors import ModelError
from tests.conftest import command


@pytest.fixture
def musicregion(monkeypatch, capsys):
    """musicregion(*words): runs the command in this process; exit status, stdout and stderr."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["musicregion", *words])
        with pytest.raises(SystemExit) as caught:
            command_line.main()
        captured = capsys.readouterr()
        status = caught.value.code
        if isinstance(status, str):  # Python prints it to stderr and exits with 1
            status, captured = 1, captured._replace(err=captured.err + status)
        return status or 0, captured.out, captured.err

    return run


def test_help_names_every_command_with_what_it_does(musicregion):
    status, out, err = musicregion("--help")
    assert (status, err) == (0, "")
    for name, (_, summary) in command_line.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", out, re.MULTILINE)
    assert "musicregion predict song.mp3" in out


def test_without_arguments_the_help_is_printed_as_an_error(musicregion):
    _, help_text, _ = musicregion("--help")
    assert musicregion() == (2, "", help_text)


def test_an_unknown_command_is_refused_with_those_that_exist(musicregion):
    status, out, err = musicregion("predikt", "song.mp3")
    assert (status, out) == (2, "")
    assert "predikt" in err
    for name in command_line.COMMANDS:
        assert name in err


@pytest.mark.parametrize("name", command_line.COMMANDS)
def test_the_help_of_each_command_teaches_with_an_example(musicregion, name):
    status, out, err = musicregion(name, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: musicregion {name} ")
    # a line of its own that can be copied, or the title of the help
    assert re.search(rf"^(    .*|`)musicregion {name}\b", out, re.MULTILINE)
    assert "python -m" not in out


@pytest.mark.parametrize("name", ["predict", "listen", "generate", "compare"])
def test_a_command_without_its_arguments_is_refused(musicregion, name):
    status, out, err = musicregion(name)
    assert (status, out) == (2, "")
    missing = "the following arguments are required"
    if name == "generate":
        missing = "name a --region, or a song with --like"
    assert f"musicregion {name}: error: {missing}" in err


def test_arguments_and_exit_status_are_those_of_the_command(musicregion, monkeypatch):
    from app import predict

    received = []
    monkeypatch.setattr(predict, "main", lambda arguments: received.append(arguments) or 1)
    assert musicregion("predict", "a.mp3", "--json") == (1, "", "")
    assert received == [["a.mp3", "--json"]]


def test_an_error_is_one_sentence_and_exit_status_1(musicregion, monkeypatch):
    from app import predict

    def fail(arguments):
        raise ModelError("models: no model there.")

    monkeypatch.setattr(predict, "main", fail)
    assert musicregion("predict", "song.mp3") == (1, "", "models: no model there.")


def test_the_installed_command_prints_errors_without_a_traceback(tmp_path):
    text = command("musicregion", "predict", "song.mp3", cwd=tmp_path, fails=True)
    assert text == "models: no model there (card.json). `dvc repro` trains one.\n"
