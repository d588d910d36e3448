"""Saves a Keras model so that equal models are equal files."""

import json
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold


def timeless(name: str, content: bytes) -> bytes:
    """A file of a .keras archive without what differs from one process to the next."""
    if name == "metadata.json":
        facts = json.loads(content)
        facts.pop("date_saved")
        return json.dumps(facts).encode()
    if name == "config.json":
        # these ids are memory addresses; what counts is which are equal
        seen: dict[str, int] = {}
        return re.sub(
            r'"shared_object_id": (\d+)',
            lambda found: f'"shared_object_id": {seen.setdefault(found[1], len(seen))}',
            content.decode(),
        ).encode()
    return content


def save(model: "keras.Model", path: Path) -> None:
    """Write `model` to `path` (.keras), without its optimizer, clock and memory addresses."""
    import keras

    bare = keras.models.clone_model(model)
    bare.set_weights(model.get_weights())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"draft-{path.name}")
    aside = path.with_name(path.name + ".part")
    bare.save(draft)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(aside, "w") as target:
        for entry in sorted(source.namelist()):
            content = timeless(entry, source.read(entry))
            target.writestr(zipfile.ZipInfo(entry, EPOCH), content)
    draft.unlink()
    os.replace(aside, path)
