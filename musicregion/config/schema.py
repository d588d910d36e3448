"""`python -m musicregion.config.schema` writes the JSON schemas of params.yaml and corpus files.

Editors check and complete the YAML files with them: the first line of each file names its schema.
"""

import json
from pathlib import Path

from musicregion.config.corpus import Corpus
from musicregion.config.params import Params
from musicregion.config.sections import Section

SCHEMAS: dict[Path, type[Section]] = {
    Path("schemas/params.schema.json"): Params,
    Path("schemas/corpus.schema.json"): Corpus,
}


def schema_text(model: type[Section]) -> str:
    """A model's JSON schema, as its file holds it."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | model.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema."""
    for path, model in SCHEMAS.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema_text(model), encoding="utf-8")


if __name__ == "__main__":
    main()
