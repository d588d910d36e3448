"""The schemas that editors check params.yaml and corpus files with."""

import json
from pathlib import Path

import pytest
import yaml

from musicregion.config import schema
from tests.conftest import REPOSITORY

FILES = [REPOSITORY / "params.yaml", *sorted((REPOSITORY / "corpora").glob("*.yaml"))]


def named_schema(path: Path) -> Path:
    """The schema that a YAML file's first line names."""
    comment, _, name = path.read_text().partition("\n")[0].partition("=")
    assert comment == "# yaml-language-server: $schema"
    return (path.parent / name).resolve()


@pytest.mark.parametrize("path", schema.SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_what_the_model_says(path):
    """If this fails: python -m musicregion.config.schema"""
    assert (REPOSITORY / path).read_text() == schema.schema_text(schema.SCHEMAS[path])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_names_its_schema(path):
    kind = "params" if path.stem == "params" else "corpus"
    assert named_schema(path) == REPOSITORY / f"schemas/{kind}.schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_valid_by_its_schema(path):
    import jsonschema

    tree = yaml.safe_load(path.read_text())
    validator = jsonschema.Draft202012Validator(json.loads(named_schema(path).read_text()))
    assert list(validator.iter_errors(tree)) == []
    assert not validator.is_valid(tree | {"modle": "svm"})
