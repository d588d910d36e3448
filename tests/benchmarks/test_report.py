"""Results are written whole or not at all, and tasks that die are not overlooked."""

import os

import pytest

from benchmarks import report, tasks
from musicregion.errors import TaskDied


def test_a_result_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    path = tmp_path / "results/one.json"
    report.write_json(path, [{"a": 1}])
    with pytest.raises(TypeError):
        report.write_json(path, [{"a": object()}])
    assert report.read_rows(path) == [{"a": 1}]
    assert [file.name for file in path.parent.iterdir()] == ["one.json"]


def test_a_table_that_is_not_there_has_no_rows(tmp_path):
    assert report.read_rows(tmp_path / "none.json") == []


def test_tables_are_markdown(capsys):
    report.print_table(["a", "b"], [(1, 2.5)])
    assert capsys.readouterr().out == "| a | b |\n|---|---|\n| 1 | 2.5 |\n"


def exit_if(number, last):
    if number == last:
        os._exit(1)
    return number


def test_a_task_that_dies_ends_the_benchmark():
    with pytest.raises(TaskDied, match="test: 1 of 3 tasks failed"):
        tasks.map_all(exit_if, [(number, 1) for number in range(3)], "test")
