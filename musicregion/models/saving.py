"""Saves models so that equal models are equal files."""

import io
import json
import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.storage.files import writing

if TYPE_CHECKING:
    import keras
    from sklearn.base import BaseEstimator


EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
# memory addresses in config.json of Keras and in schema.json of skops; what counts is which are
# equal
ADDRESSES = {
    "config.json": r'(?P<before>"shared_object_id": )(?P<address>\d+)',
    "schema.json": r'(?P<before>"__id__": |"file": ")(?P<address>\d+)',
}


def strip_volatile(contents: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a .keras or .skops archive without what differs between two processes."""
    seen: dict[str, str] = {}

    def renamed(found: re.Match) -> str:
        return found["before"] + seen.setdefault(found["address"], str(len(seen)))

    result = dict(contents)
    for name, pattern in ADDRESSES.items():
        if name in result:
            result[name] = re.sub(pattern, renamed, result[name].decode()).encode()
    if "metadata.json" in result:
        facts = json.loads(result["metadata.json"])
        facts.pop("date_saved")
        result["metadata.json"] = json.dumps(facts).encode()
    named = {}  # skops names an array's file by its address
    for name, content in result.items():
        stem, dot, kind = name.partition(".")
        named[seen.get(stem, stem) + dot + kind] = content
    return named


def write_reproducible_zip(draft: bytes, path: Path) -> None:
    """Write a zip archive anew to `path`: timeless, in order, not compressed."""
    with zipfile.ZipFile(io.BytesIO(draft)) as source:
        contents = strip_volatile({name: source.read(name) for name in source.namelist()})
    with writing(path) as part, zipfile.ZipFile(part, "w") as target:
        for name in sorted(contents):
            target.writestr(zipfile.ZipInfo(name, EPOCH), contents[name])


def save_keras(model: "keras.Model", path: Path) -> None:
    """Write a network to `path` (.keras) without its optimizer."""
    import keras

    bare = keras.models.clone_model(model)
    bare.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, "model.keras")
        bare.save(draft)
        write_reproducible_zip(draft.read_bytes(), path)


def save_sklearn(model: dict[str, "BaseEstimator"], path: Path) -> None:
    """Write named estimators of scikit-learn to `path` (.skops)."""
    import skops.io

    write_reproducible_zip(skops.io.dumps(model), path)
