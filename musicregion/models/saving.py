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


EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can store
# Memory addresses in config.json of Keras and in schema.json of skops. They differ between
# processes; only which of them are equal matters.
ADDRESSES = {
    "config.json": r'(?P<before>"shared_object_id": )(?P<address>\d+)',
    "schema.json": r'(?P<before>"__id__": |"file": ")(?P<address>\d+)',
}


def strip_volatile(contents: dict[str, bytes]) -> dict[str, bytes]:
    """Remove from the files of a .keras or .skops archive what differs between processes.

    Addresses become numbers in order of appearance, and the date is left out.
    """
    numbers: dict[str, str] = {}  # by address

    def replace_address(match: re.Match[str]) -> str:
        return match["before"] + numbers.setdefault(match["address"], str(len(numbers)))

    stripped = dict(contents)
    for name, pattern in ADDRESSES.items():
        if name in stripped:
            text = stripped[name].decode()
            stripped[name] = re.sub(pattern, replace_address, text).encode()
    if "metadata.json" in stripped:
        metadata = json.loads(stripped["metadata.json"])
        metadata.pop("date_saved")
        stripped["metadata.json"] = json.dumps(metadata).encode()
    renamed = {}  # skops names the file of an array after its address
    for name, content in stripped.items():
        stem, dot, suffix = name.partition(".")
        renamed[numbers.get(stem, stem) + dot + suffix] = content
    return renamed


def write_reproducible_zip(archive: bytes, path: Path) -> None:
    """Write a zip archive to `path` with fixed times, sorted and uncompressed."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        contents = strip_volatile({name: source.read(name) for name in source.namelist()})
    with writing(path) as part, zipfile.ZipFile(part, "w") as target:
        for name in sorted(contents):
            target.writestr(zipfile.ZipInfo(name, EPOCH), contents[name])


def save_keras(model: "keras.Model", path: Path) -> None:
    """Write a network to `path` (.keras) without its optimizer, which is twice as large."""
    # not clone_model, which copies the compile state, and the optimizer with it
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, "model.keras")
        copy.save(draft)
        write_reproducible_zip(draft.read_bytes(), path)


def save_sklearn(model: dict[str, "BaseEstimator"], path: Path) -> None:
    """Write named estimators of scikit-learn to `path` (.skops)."""
    import skops.io

    write_reproducible_zip(skops.io.dumps(model), path)
