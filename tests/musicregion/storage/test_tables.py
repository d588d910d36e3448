import pytest

from musicregion.errors import InputError
from musicregion.storage import tables

ROW = {"song": "a-1", "region": "A", "group": "a-1", "part": "train", "fold": 2}


def test_a_table_is_read_as_it_was_written(tmp_path):
    tables.SPLITS.write([ROW], tmp_path)
    assert tables.SPLITS.read(tmp_path).to_dict("records") == [ROW]
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["splits.csv"]


def test_names_that_look_like_missing_values_stay_names(tmp_path):
    tables.SPLITS.write([ROW | {"song": "NA", "region": "null"}], tmp_path)
    assert tables.SPLITS.read(tmp_path)["region"].tolist() == ["null"]


def test_line_ends_in_a_text_do_not_end_the_line(tmp_path):
    tables.SPLITS.write([ROW | {"song": "a\rb\nc"}], tmp_path)
    assert tables.SPLITS.read(tmp_path)["song"].tolist() == ["a b c"]


def test_an_empty_table_has_its_columns(tmp_path):
    tables.FAILED.write([], tmp_path)
    assert list(tables.FAILED.read(tmp_path)) == list(tables.FAILED.columns)


def test_a_table_that_is_missing_or_of_another_kind_is_named(tmp_path):
    with pytest.raises(InputError, match=r"splits\.csv: not found"):
        tables.SPLITS.read(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/splits.csv").write_text("song,region\na,b\n")
    with pytest.raises(InputError, match="has columns"):
        tables.SPLITS.read(tmp_path)
