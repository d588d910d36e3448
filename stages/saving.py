"""Saves a Keras model so that equal models are equal files."""

import json
import os
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold


def save(model: "keras.Model", path: Path) -> None:  # noqa: F821
    """Write `model` to `path` (.keras) without the clock: Keras notes the time in two places."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"draft-{path.name}")
    aside = path.with_name(path.name + ".part")
    model.save(draft, include_optimizer=False)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(aside, "w") as target:
        for entry in sorted(source.namelist()):
            content = source.read(entry)
            if entry == "metadata.json":
                facts = json.loads(content)
                facts.pop("date_saved")
                content = json.dumps(facts).encode()
            target.writestr(zipfile.ZipInfo(entry, EPOCH), content)
    draft.unlink()
    os.replace(aside, path)
