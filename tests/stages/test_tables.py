import pytest

from stages import tables

ROW = {"song": "a-1", "region": "A", "group": "a-1", "part": "train", "fold": 2}


def test_a_table_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "data/splits.csv"
    tables.write([ROW], tables.SPLITS, path)
    assert tables.read(path, tables.SPLITS).to_dict("records") == [ROW]
    assert [file.name for file in path.parent.iterdir()] == ["splits.csv"]


def test_names_that_look_like_missing_values_stay_names(tmp_path):
    path = tmp_path / "splits.csv"
    tables.write([ROW | {"song": "NA", "region": "null"}], tables.SPLITS, path)
    assert tables.read(path, tables.SPLITS)["region"].tolist() == ["null"]


def test_line_ends_in_a_text_do_not_end_the_line(tmp_path):
    path = tmp_path / "splits.csv"
    tables.write([ROW | {"song": "a\rb\nc"}], tables.SPLITS, path)
    assert tables.read(path, tables.SPLITS)["song"].tolist() == ["a b c"]


def test_an_empty_table_has_its_columns(tmp_path):
    tables.write([], tables.FAILED, tmp_path / "failed.csv")
    assert list(tables.read(tmp_path / "failed.csv", tables.FAILED)) == list(tables.FAILED)


def test_a_table_that_is_missing_or_of_another_kind_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"splits\.csv: not found"):
        tables.read(tmp_path / "splits.csv", tables.SPLITS)
    (tmp_path / "splits.csv").write_text("song,region\na,b\n")
    with pytest.raises(SystemExit, match="has columns"):
        tables.read(tmp_path / "splits.csv", tables.SPLITS)
